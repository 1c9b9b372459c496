using System.Text.Json;
using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize.SecondOrder;

public sealed class SoftmaxHeadTests
{
    [Fact]
    public void Lbfgs_solves_512_features_10_classes_1000_samples_to_1e_8_and_agrees_with_SciPy_and_scikit_learn()
    {
        using var golden = Golden();
        using var head = Head(golden, out _);

        var found = new Minimizer(new LbfgsMethod(head.Length)).Run(head, new double[head.Length], tolerance: 1e-9);

        found.GradientNorm.ShouldBeLessThanOrEqualTo(1e-9);
        Agrees(golden, found);
    }

    [Fact]
    public void NewtonCg_solves_the_same_head()
    {
        using var golden = Golden();
        using var head = Head(golden, out _);

        var found = new Minimizer(new NewtonCgMethod()).Run(head, new double[head.Length], tolerance: 1e-9);

        found.GradientNorm.ShouldBeLessThanOrEqualTo(1e-9);
        Agrees(golden, found);
    }

    [Fact]
    public void The_data_are_those_of_the_golden()
    {
        using var golden = Golden();
        using var head = Head(golden, out var x);

        var (d, expected) = (golden.RootElement.GetProperty("d").GetInt32(), Doubles(golden, "features"));
        new[] { x[0], x[(499 * d) + 255], x[(999 * d) + 511] }.ShouldBe(expected);
    }

    [Fact]
    public void Gradient_and_Hessian_are_the_derivatives_of_the_value()
    {
        var random = new RandomKey(3, 0, 0, RandomUse.Diagnose).Stream();
        double[] features = [.. Enumerable.Range(0, 35).Select(_ => random.NextNormal())];
        using var x = tensor(features, [7, 5]);
        using var head = new SoftmaxHead(x, [0, 1, 2, 2, 1, 0, 1], 3, 0.1);
        double[] w = [.. Enumerable.Range(0, head.Length).Select(_ => random.NextNormal())];
        double[] v = [.. Enumerable.Range(0, head.Length).Select(_ => random.NextNormal())];
        var (g, hv, scratch) = (new double[w.Length], new double[w.Length], new double[w.Length]);
        head.Evaluate(w, g);
        using var hessian = head.Hessian(w);
        hessian.Multiply(v, hv);

        const double H = 1e-5;
        for (var i = 0; i < w.Length; i++)
        {
            double[] Moved(double h) => [.. w.Select((a, j) => a + (i == j ? h : 0))];
            ((head.Evaluate(Moved(H), scratch) - head.Evaluate(Moved(-H), scratch)) / (2 * H)).ShouldBe(g[i], 1e-9);
        }

        var (plus, minus) = (new double[w.Length], new double[w.Length]);
        head.Evaluate([.. w.Zip(v, (a, b) => a + (H * b))], plus);
        head.Evaluate([.. w.Zip(v, (a, b) => a - (H * b))], minus);
        for (var i = 0; i < w.Length; i++)
            ((plus[i] - minus[i]) / (2 * H)).ShouldBe(hv[i], 1e-8);
    }

    [Fact]
    public void Features_and_labels_that_do_not_belong_together_are_refused()
    {
        using var x = zeros([3, 2], ScalarType.Float64);

        Should.Throw<ArgumentException>(() => new SoftmaxHead(x, [0, 1], 2, 0.1));
        Should.Throw<ArgumentException>(() => new SoftmaxHead(x, [0, 1, 2], 2, 0.1));
        Should.Throw<ArgumentException>(() => new SoftmaxHead(x, [0, -1, 1], 2, 0.1));
    }

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllText(Repo.Goldens("SecondOrder/softmax_head.json")));

    private static void Agrees(JsonDocument golden, Minimum found)
    {
        var root = golden.RootElement;
        var (d, k, every) =
            (root.GetProperty("d").GetInt32(), root.GetProperty("classes").GetInt32(), root.GetProperty("every").GetInt32());
        var norm = root.GetProperty("norm").GetDouble();
        found.Value.ShouldBe(root.GetProperty("loss").GetDouble(), 1e-12);
        Math.Sqrt(found.X.Sum(a => a * a)).ShouldBe(norm, 1e-6 * norm);
        var weights = Doubles(golden, "weights").Select((w, i) => found.X[i * every] - w)
            .Concat(Doubles(golden, "biases").Select((b, i) => found.X[(d * k) + i] - b)).ToArray();
        var size = Math.Sqrt(Doubles(golden, "weights").Concat(Doubles(golden, "biases")).Sum(a => a * a));
        Math.Sqrt(weights.Sum(a => a * a)).ShouldBeLessThan(1e-6 * size);
        var products = Doubles(golden, "products");
        for (var i = 0; i < 2; i++)
            found.X.Zip(Uniform(3 + (ulong)i, found.X.Length), (a, u) => a * ((2 * u) - 1)).Sum().ShouldBe(products[i], 1e-6 * norm);
    }

    private static SoftmaxHead Head(JsonDocument golden, out double[] features)
    {
        var root = golden.RootElement;
        var (n, d, k) = (root.GetProperty("n").GetInt32(), root.GetProperty("d").GetInt32(), root.GetProperty("classes").GetInt32());
        var prototypes = Uniform(1, k * d);
        var noise = Uniform(2, n * d);
        features = new double[n * d];
        for (var i = 0; i < features.Length; i++)
            features[i] = (2 * noise[i]) - 1 + (((2 * prototypes[(i / d % k * d) + (i % d)]) - 1) / 8);
        using var x = tensor(features, [n, d]);
        return new SoftmaxHead(x, [.. Enumerable.Range(0, n).Select(i => (long)(i % k))], k, root.GetProperty("l2").GetDouble());
    }

    /// <summary>Doubles in [0, 1), those of uniform() in scripts/goldens/softmax_head.py.</summary>
    internal static double[] Uniform(ulong seed, int count)
    {
        var stream = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => stream.NextDouble())];
    }

    private static double[] Doubles(JsonDocument golden, string name) =>
        [.. golden.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];
}
