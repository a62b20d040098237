/* Arrays of constant length, of structs, of arrays; decay; as parameters; members of structs. */
#include "check.h"

#define ROWS 2
#define COLUMNS 3

struct named { char name[8]; int values[4]; };
static int matrix[ROWS][COLUMNS] = { { 1, 2, 3 }, { 4, 5, 6 } };
static int counted[] = { 5, 6, 7, 8 };

static int sum(int *values, int n)
{
	int i, total = 0;

	for (i = 0; i < n; i++)
		total += values[i];
	return total;
}

static int row_sum(int row[COLUMNS]) { return row[0] + row[1] + row[2]; }

static void run(void)
{
	int i, j, local[2][2] = { { 1 }, { 2, 3 } };
	struct named n = { .name = "abc", .values = { 1, 2 } };
	struct named many[2];
	int *p = n.values;

	assert(matrix[1][2] == 6 && ARRAY_SIZE(counted) == 4 && sum(counted, 4) == 26);
	assert(row_sum(matrix[1]) == 15 && sum(matrix[0], 6) == 21);
	assert(local[0][1] == 0 && local[1][1] == 3);
	for (i = 0; i < ROWS; i++)
		for (j = 0; j < COLUMNS; j++)
			matrix[i][j] *= 2;
	assert(matrix[0][2] == 6 && matrix[1][0] == 8);
	assert(n.name[0] == 'a' && n.name[3] == 0 && &n.name[0] == n.name);
	p[3] = 9;
	assert(n.values[3] == 9 && sizeof(n.values) == 4 * sizeof(int));
	many[1] = n;
	many[1].values[0] = 77;
	assert(many[1].values[3] == 9 && n.values[0] == 1 && many[0].values[3] == 0);
	assert(&matrix[1] - &matrix[0] == 1 && *matrix[1] == 8 && **matrix == 2);
}
