namespace FineTune.Diagnose.Race;

/// <summary>The outlines of where a function is below a level, by marching squares over a grid.</summary>
internal sealed class Contours
{
    private const double Outside = double.PositiveInfinity;

    private readonly int _columns;
    private readonly int _rows;
    private readonly double[] _values; // [rows, columns], with a border of Outside that closes every outline
    private readonly Point[] _places;

    /// <summary>Samples a function over a rectangle.</summary>
    /// <param name="value">The function.</param>
    /// <param name="low">One corner.</param>
    /// <param name="high">The opposite corner.</param>
    /// <param name="columns">Cells along x; two thirds as many along y.</param>
    public Contours(Func<Point, double> value, Point low, Point high, int columns)
    {
        (_columns, _rows) = (columns + 3, (columns * 2 / 3) + 3);
        _values = new double[_columns * _rows];
        _places = new Point[_values.Length];
        for (var r = 0; r < _rows; r++)
        {
            for (var c = 0; c < _columns; c++)
            {
                // The border lies where the outermost points lie, so that outlines end at the rectangle.
                var (u, v) = (Math.Clamp(c - 1, 0, _columns - 3) / (_columns - 3.0), Math.Clamp(r - 1, 0, _rows - 3) / (_rows - 3.0));
                var p = new Point(low.X + (u * (high.X - low.X)), low.Y + (v * (high.Y - low.Y)));
                var border = r == 0 || c == 0 || r == _rows - 1 || c == _columns - 1;
                (_places[(r * _columns) + c], _values[(r * _columns) + c]) = (p, border ? Outside : value(p));
            }
        }
    }

    /// <summary>The highest value on the grid.</summary>
    public double Highest => _values.Where(v => v < Outside).Max();

    /// <summary>Closed outlines of where the function is below the level; holes are outlines too.</summary>
    public IReadOnlyList<IReadOnlyList<Point>> Below(double level)
    {
        var next = Crossings(level);
        var outlines = new List<IReadOnlyList<Point>>();
        while (next.Count > 0)
        {
            var outline = new List<Point>();
            for (var edge = next.Keys.First(); next.Remove(edge, out var following); edge = following)
                outline.Add(Cross(edge, level));
            outlines.Add(outline);
        }

        return outlines;
    }

    /// <summary>From the edge by which each outline leaves the low side of a cell to the edge by which it comes back.</summary>
    private Dictionary<(int A, int B), (int A, int B)> Crossings(double level)
    {
        var next = new Dictionary<(int, int), (int, int)>();
        Span<int> corners = stackalloc int[4];
        for (var k = 0; k < _values.Length - _columns; k++)
        {
            if (k % _columns == _columns - 1)
                continue;
            (corners[0], corners[1], corners[2], corners[3]) = (k, k + 1, k + _columns + 1, k + _columns);
            for (var side = 0; side < 4; side++)
            {
                var (a, b) = (corners[side], corners[(side + 1) % 4]);
                if (_values[a] >= level || _values[b] < level)
                    continue;
                var back = side;
                do
                    back = (back + 1) % 4;
                while (_values[corners[back]] < level || _values[corners[(back + 1) % 4]] >= level);
                next[Edge(a, b)] = Edge(corners[back], corners[(back + 1) % 4]);
            }
        }

        return next;
    }

    private static (int A, int B) Edge(int a, int b) => (Math.Min(a, b), Math.Max(a, b));

    private Point Cross((int A, int B) edge, double level)
    {
        var (fa, fb) = (_values[edge.A], _values[edge.B]);
        var (a, b) = (_places[edge.A], _places[edge.B]);
        if (fa == Outside || fb == Outside)
            return fa == Outside ? b : a;
        return a + ((level - fa) / (fb - fa) * (b - a));
    }
}
