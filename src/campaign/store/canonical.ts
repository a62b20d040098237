// One text for one value: keys sorted, no white space, so that equal values have equal digests.

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(",")}}`;
  }
  const plain = value === null || typeof value === "string" || typeof value === "boolean";
  if (!plain && !(typeof value === "number" && Number.isFinite(value))) {
    throw new TypeError(`${typeof value} ${String(value)} has no canonical text`);
  }
  return JSON.stringify(value);
}
