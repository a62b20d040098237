// A validator for the part of JSON Schema (draft 2020-12) that docs/schema/ uses. A keyword that it does not
// know is an error: a schema that says more than is checked would be a promise without a test.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };

const KNOWN = new Set([
  "$schema",
  "$id",
  "$defs",
  "$ref",
  "title",
  "description",
  "type",
  "const",
  "enum",
  "pattern",
  "minimum",
  "required",
  "properties",
  "additionalProperties",
  "items",
]);

/** Every mismatch as `/path: what is wrong`; empty where the value is valid. */
export function schemaErrors(schema: Schema, value: Json, root: Schema = schema, path = ""): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`the validator does not know ${unknown.join(", ")}`);
  if (typeof schema.$ref === "string") {
    return schemaErrors(resolve(root, schema.$ref), value, root, path);
  }
  const errors: string[] = [];
  const fail = (what: string): void => {
    errors.push(`${path || "/"}: ${what}`);
  };
  if ("const" in schema && value !== schema.const) fail(`is not ${JSON.stringify(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) fail("is not one of the values listed");
  if (schema.type !== undefined) {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (!types.some((type) => isOfType(value, String(type)))) fail(`is not of type ${types.join(" or ")}`);
  }
  if (typeof schema.pattern === "string" && typeof value === "string") {
    if (!new RegExp(schema.pattern, "u").test(value)) fail(`does not match ${schema.pattern}`);
  }
  if (typeof schema.minimum === "number" && typeof value === "number" && value < schema.minimum) {
    fail(`is less than ${schema.minimum}`);
  }
  if (Array.isArray(value) && isObject(schema.items)) {
    for (const [i, item] of value.entries()) {
      errors.push(...schemaErrors(schema.items, item, root, `${path}/${i}`));
    }
  }
  if (isObject(value)) errors.push(...memberErrors(schema, value, root, path));
  return errors;
}

function memberErrors(schema: Schema, value: Schema, root: Schema, path: string): string[] {
  const errors: string[] = [];
  const properties = isObject(schema.properties ?? null) ? (schema.properties as Schema) : {};
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (!(String(name) in value)) errors.push(`${path || "/"}: lacks ${name}`);
  }
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${name}`;
    const known = properties[name];
    if (known !== undefined) errors.push(...schemaErrors(known as Schema, member, root, at));
    else if (schema.additionalProperties === false) errors.push(`${at}: is not in the schema`);
    else if (isObject(schema.additionalProperties ?? null)) {
      errors.push(...schemaErrors(schema.additionalProperties as Schema, member, root, at));
    }
  }
  return errors;
}

function isObject(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "number":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`the validator does not know the type ${type}`);
  }
}

function resolve(root: Schema, ref: string): Schema {
  if (!ref.startsWith("#/")) throw new Error(`the validator only follows local references, not ${ref}`);
  let at: Json | undefined = root;
  for (const name of ref.slice(2).split("/")) at = isObject(at) ? at[name] : undefined;
  if (!isObject(at)) throw new Error(`${ref} leads nowhere`);
  return at;
}
