using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

public sealed class ExactHeadTests
{
    private const int Classes = 3;

    [Theory]
    [InlineData(40, 6)] // more samples than features
    [InlineData(9, 20)] // fewer
    public void Ridge_leaves_no_gradient(int n, int d)
    {
        using var scope = NewDisposeScope();
        var (x, labels) = Data(n, d);
        using var head = new RidgeHead(x, labels, Classes);

        var (w, b) = head.Fit(0.1);

        var lambda = 0.1 * (x - x.mean([0L])).pow(2).sum().item<double>() / n;
        var error = x.mm(w.t()) + b - OneHot(labels);
        (error.t().mm(x) + (lambda * w)).abs().max().item<double>().ShouldBeLessThan(1e-10);
        error.sum(0L).abs().max().item<double>().ShouldBeLessThan(1e-10);
    }

    [Theory]
    [InlineData(20, 4)]
    [InlineData(9, 20)]
    public void Ridge_knows_what_each_sample_gets_when_it_is_left_out(int n, int d)
    {
        using var scope = NewDisposeScope();
        var (x, labels) = Data(n, d);
        using var head = new RidgeHead(x, labels, Classes);
        var unit = (x - x.mean([0L])).pow(2).sum().item<double>() / n;
        const double Penalty = 0.03;

        var (right, sum) = (0, 0.0);
        for (var i = 0; i < n; i++)
        {
            var rest = Enumerable.Range(0, n).Where(k => k != i).Select(k => (long)k).ToArray();
            var part = x.index_select(0, tensor(rest));
            var partUnit = (part - part.mean([0L])).pow(2).sum().item<double>() / (n - 1);
            using var without = new RidgeHead(part, [.. rest.Select(k => labels[k])], Classes);
            var (w, b) = without.Fit(Penalty * unit / partUnit); // the same lambda
            var score = w.mv(x[i]) + b;
            right += score.argmax().item<long>() == labels[i] ? 1 : 0;
            sum += (score - OneHot(labels)[i]).pow(2).mean().item<double>();
        }

        var found = head.Sweep([Penalty])[0];
        found.Error.ShouldBe(sum / n, 1e-10);
        found.Top1.ShouldBe((double)right / n, 1e-12);
    }

    [Fact]
    public void The_penalty_of_least_error_is_chosen()
    {
        using var scope = NewDisposeScope();
        var (x, labels) = Data(30, 25);
        using var head = new RidgeHead(x, labels, Classes);

        var chosen = head.Choose();

        head.Sweep(RidgeHead.Penalties).ShouldAllBe(s => s.Error >= chosen.Error);
        chosen.Penalty.ShouldBeInRange(1e-5, 99); // noise wants a penalty, and not all of it
    }

    [Fact]
    public void Logistic_tells_apart_what_can_be_told_apart()
    {
        using var scope = NewDisposeScope();
        var (x, labels) = Data(60, 8);
        using var head = new LogisticHead(x, labels, Classes);

        var chosen = head.Choose();
        var (w, b) = head.Fit(chosen.Penalty);

        chosen.Top1.ShouldBeGreaterThan(0.9);
        (x.mm(w.t()) + b).argmax(1).eq(tensor(labels)).sum().item<long>().ShouldBeGreaterThan(56);
    }

    [Fact]
    public void Features_that_are_all_alike_are_refused()
    {
        using var x = ones([6, 4], ScalarType.Float64);
        Should.Throw<FineTuneException>(() => new RidgeHead(x, [0, 1, 2, 0, 1, 2], Classes)).Message.ShouldContain("all alike");
        Should.Throw<FineTuneException>(() => new LogisticHead(x, [0, 1, 2, 0, 1, 2], Classes)).Message.ShouldContain("all alike");
    }

    /// <summary>Class c lies around 2 along axis c, with noise.</summary>
    private static (Tensor X, long[] Labels) Data(int n, int d)
    {
        var random = new RandomKey(n, d, 0, RandomUse.Diagnose).Stream();
        long[] labels = [.. Enumerable.Range(0, n).Select(i => (long)(i % Classes))];
        double[] values = [.. Enumerable.Range(0, n * d).Select(k => (0.6 * random.NextNormal()) + (k % d == labels[k / d] ? 2 : 0) + 1)];
        return (tensor(values, [n, d]), labels);
    }

    private static Tensor OneHot(long[] labels) =>
        tensor(labels.SelectMany(l => Enumerable.Range(0, Classes).Select(c => c == l ? 1.0 : 0)).ToArray(), [labels.Length, Classes]);
}
