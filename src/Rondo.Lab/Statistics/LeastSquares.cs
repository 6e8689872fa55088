namespace Rondo.Lab.Statistics;

/// <summary>Normal equations, for the few unknowns that a curve has.</summary>
internal static class LeastSquares
{
    /// <summary>Adds an observation to the equations.</summary>
    /// <param name="normal">The matrix.</param>
    /// <param name="right">The right side.</param>
    /// <param name="row">The factors of the unknowns.</param>
    /// <param name="value">What was observed.</param>
    /// <param name="weight">How much it counts.</param>
    public static void Add(double[,] normal, double[] right, double[] row, double value, double weight)
    {
        for (var i = 0; i < row.Length; i++)
        {
            right[i] += weight * row[i] * value;
            for (var j = 0; j < row.Length; j++)
            {
                normal[i, j] += weight * row[i] * row[j];
            }
        }
    }

    /// <summary>Solves them; scaled by the diagonal, since the unknowns differ by many powers of ten.</summary>
    /// <returns>Null if they have no single solution.</returns>
    public static double[]? Solve(double[,] normal, double[] right)
    {
        var count = right.Length;
        var scale = new double[count];
        var rows = new double[count, count + 1];
        for (var i = 0; i < count; i++)
        {
            scale[i] = Math.Sqrt(normal[i, i]);
            if (!(scale[i] > 0))
            {
                return null;
            }
        }

        for (var i = 0; i < count; i++)
        {
            rows[i, count] = right[i] / scale[i];
            for (var j = 0; j < count; j++)
            {
                rows[i, j] = normal[i, j] / (scale[i] * scale[j]);
            }
        }

        return Eliminate(rows, count) ? [.. Enumerable.Range(0, count).Select(i => rows[i, count] / scale[i])] : null;
    }

    private static bool Eliminate(double[,] rows, int count)
    {
        for (var column = 0; column < count; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < count; row++)
            {
                pivot = Math.Abs(rows[row, column]) > Math.Abs(rows[pivot, column]) ? row : pivot;
            }

            if (!(Math.Abs(rows[pivot, column]) > 1e-14))
            {
                return false;
            }

            for (var k = 0; k <= count; k++)
            {
                (rows[column, k], rows[pivot, k]) = (rows[pivot, k], rows[column, k]);
            }

            for (var row = 0; row < count; row++)
            {
                var factor = row == column ? 0 : rows[row, column] / rows[column, column];
                for (var k = column; k <= count; k++)
                {
                    rows[row, k] -= factor * rows[column, k];
                }
            }
        }

        for (var i = 0; i < count; i++)
        {
            rows[i, count] /= rows[i, i];
        }

        return true;
    }
}
