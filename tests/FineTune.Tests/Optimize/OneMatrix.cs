using FineTune.Models;
using FineTune.Optimize;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize;

/// <summary>The smallest network: one matrix of 37 weights, or two layers, as a vector.</summary>
internal static class OneMatrix
{
    /// <summary>[1, 37] or of another shape, in one stage.</summary>
    public static Network Create(int rows = 1, int columns = OptimizerGolden.Count)
    {
        var module = nn.Linear(columns, rows, hasBias: false);
        var root = nn.Sequential(module);
        return new Network("one", root, [new Stage("0", module)], Preprocessing.Cifar);
    }

    /// <summary>Stages "0" [hidden, inputs] with a bias and "1" [3, hidden] with a bias.</summary>
    public static Network CreateTwo(int inputs = 5, int hidden = 7)
    {
        var (first, second) = (nn.Linear(inputs, hidden), nn.Linear(hidden, 3));
        var root = nn.Sequential(first, second);
        return new Network("two", root, [new Stage("0", first), new Stage("1", second)], Preprocessing.Cifar);
    }

    /// <summary>Takes steps of the goldens' task.</summary>
    public static void Walk(OptimizerGolden golden, Optimizer optimizer, ParameterVector vector, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            var step = t;
            FillGradient(step);
            optimizer.Step(golden.Lr(step), () => FillGradient(step));
        }

        double FillGradient(int t)
        {
            var w = ParameterVector.Floats(vector.W);
            var g = ParameterVector.Floats(vector.G);
            for (var i = 0; i < golden.Rows * golden.Columns; i++)
                g[i] = (float)OptimizerGolden.Gradient(w[i], i, t);
            return 0;
        }
    }
}
