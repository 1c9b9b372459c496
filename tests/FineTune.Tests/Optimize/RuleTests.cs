using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Rules;
using FineTune.Tests.Weights;
using FineTune.Train;

namespace FineTune.Tests.Optimize;

/// <summary>What a run relies on, for every row of the table: saved state, refused gradients, empty groups, many threads.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class RuleTests
{
    public static TheoryData<string> Names => [.. Optimizers.Table.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_state_steps_on_to_the_bit(string name)
    {
        using var scratch = new Scratch();
        var path = Path.Combine(scratch.Folder, "last.safetensors");
        using var saved = new Two(name);
        saved.Steps(3);
        Checkpoint.Save(path, saved.Network, ["a", "b", "c"], saved.Optimizer, TrainState.Start with { Step = 3 });
        using var restored = new Two(name);
        Checkpoint.Restore(Checkpoint.Read(path), restored.Network, _ => restored.Optimizer).Step.ShouldBe(3);
        restored.Optimizer.T = 3;
        foreach (var ((_, a), (slot, b)) in saved.Optimizer.State.Zip(restored.Optimizer.State))
            ParameterVector.Floats(b).ToArray().ShouldBe(ParameterVector.Floats(a).ToArray(), slot);
        saved.Steps(3);
        restored.Steps(3);
        restored.W.ShouldBe(saved.W);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_that_is_not_finite_is_reported_and_changes_nothing(string name)
    {
        using var two = new Two(name);
        two.Steps(2);
        var (w, state, t) = (two.W, two.State, two.Optimizer.T);
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity })
        {
            two.Fill();
            ParameterVector.Floats(two.Vector.G)[^14] = bad;
            Should.Throw<GradientException>(() => two.Optimizer.Step(0.1)).Message.ShouldContain("at step 3");
        }

        two.W.ShouldBe(w);
        two.State.ShouldBe(state);
        two.Optimizer.T.ShouldBe(t);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_group_of_nothing_changes_nothing(string name)
    {
        using var with = new Two(name, empty: true);
        using var without = new Two(name);
        with.Steps(3);
        without.Steps(3);
        with.W.ShouldBe(without.W);
    }

    [Theory]
    [InlineData("sgd", 0)]
    [InlineData("adam", 2)]
    [InlineData("adan", 4)]
    public void Chunks_of_many_threads_are_one_pass(string name, int slots)
    {
        using var network = OneMatrix.Create(401, 500); // 200,500: three chunks and a part, no multiple of a register
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(new NamedSpec(name), vector, 0, Stepping.Horizon);
        var g = ParameterVector.Floats(vector.G);
        for (var i = 0; i < g.Length; i++)
            g[i] = i < 200_500 ? MathF.Sin(i) : 0;
        var w = ParameterVector.Floats(vector.W).ToArray();
        var memory = Enumerable.Range(0, 4).Select(k => new float[k < slots ? w.Length : 0]).ToArray();
        optimizer.Step(0.01);
        switch (name)
        {
            case "sgd":
                Run(new Sgd(0.01, 0));
                break;
            case "adam":
                Run(new Adam(0.01, 0.9, 0.999, 1e-8, 0, 1));
                break;
            default:
                Run(new Adan(0.01, 0.98, 0.92, 0.99, 1e-8, 0, 1));
                break;
        }

        ParameterVector.Floats(vector.W).ToArray().ShouldBe(w);
        for (var k = 0; k < slots; k++)
            ParameterVector.Floats(optimizer.State[k].Vector).ToArray().ShouldBe(memory[k]);

        void Run<R>(R rule)
            where R : struct, IRule => Sweep.Run(rule, w, ParameterVector.Floats(vector.G), memory[0], memory[1], memory[2], memory[3]);
    }

    [Fact]
    public void Both_forms_of_Nesterov_take_their_gradients_at_the_same_points()
    {
        const double Mu = 0.9, Lr = 0.05;
        var rewritten = Optimizers.Stepper(new NamedSpec("nesterov").With("momentum", Mu), OptimizerGolden.Count);
        double[] x = [.. Enumerable.Range(0, OptimizerGolden.Count).Select(OptimizerGolden.Start)];
        double[] theta = [.. x];
        var v = new double[x.Length];
        for (var t = 0; t < 100; t++)
        {
            double[] ahead = [.. theta.Select((p, i) => p + (Mu * v[i]))];
            for (var i = 0; i < x.Length; i++)
                x[i].ShouldBe(ahead[i], 1e-12);
            var g = OptimizerGolden.Gradient(ahead, t);
            rewritten.Step(x, OptimizerGolden.Gradient(x, t), Lr);
            for (var i = 0; i < x.Length; i++)
            {
                v[i] = (Mu * v[i]) - (Lr * g[i]);
                theta[i] += v[i];
            }
        }
    }

    [Fact]
    public void State_is_known_by_the_names_of_the_formula()
    {
        NamesOf("adam").ShouldBe(["m", "v"]);
        NamesOf("adan").ShouldBe(["m", "v", "n", "before"]);
        NamesOf("lars").ShouldBe(["v"]);
        NamesOf("sign").ShouldBeEmpty();
    }

    [Fact]
    public void Muon_steps_the_same_in_all_directions_of_a_matrix()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var x = TorchSharp.torch.randn([6, 20], TorchSharp.torch.ScalarType.Float64);
        var u = Muon.Orthogonal(x);
        var products = u.mm(u.t()).data<double>().ToArray(); // [6, 6]: near the identity
        for (var k = 0; k < 36; k++)
            products[k].ShouldBe(k % 7 == 0 ? 1 : 0, 0.6);
        Muon.Orthogonal(x.t()).t().contiguous().data<double>().ToArray().Zip(u.data<double>().ToArray(), (a, b) => Math.Abs(a - b)).Max()
            .ShouldBeLessThan(1e-12);
    }

    private static IEnumerable<string> NamesOf(string name)
    {
        using var two = new Two(name);
        return two.Optimizer.State.Select(s => s.Name).ToArray();
    }

    /// <summary>Two layers from the same start, an optimizer, and a gradient that changes with the step.</summary>
    private sealed class Two : IDisposable
    {
        public Two(string name, bool empty = false)
        {
            Network = OneMatrix.CreateTwo();
            Vector = new ParameterVector(Network);
            foreach (var s in Vector.Segments)
            {
                for (var i = 0; i < s.Length; i++)
                    ParameterVector.Floats(Vector.W)[(int)s.Offset + i] = MathF.Sin(s.Offset + i);
            }

            var spec = new NamedSpec(name).With("weight_decay", 0.1);
            Optimizer = empty
                ? Optimizers.Find(name).Create(
                    Vector,
                    [new ParameterGroup("nothing", 1, 0, []), .. new GroupOptions { WeightDecay = 0.1 }.Divide(Vector, 1)],
                    new OptionReader(name, Optimizers.Find(name).Options, new Dictionary<string, object?>()))
                : Optimizers.Create(spec, Vector, headStage: 1, Stepping.Horizon);
        }

        public Network Network { get; }

        public ParameterVector Vector { get; }

        public Optimizer Optimizer { get; }

        public float[] W => ParameterVector.Floats(Vector.W).ToArray();

        public float[] State => [.. Optimizer.State.SelectMany(s => ParameterVector.Floats(s.Vector).ToArray())];

        public void Fill()
        {
            foreach (var s in Vector.TrainableSegments)
            {
                for (var i = 0; i < s.Length; i++)
                    ParameterVector.Floats(Vector.G)[(int)(s.Offset - Vector.Line) + i] = MathF.Cos(s.Offset + i + Optimizer.T);
            }
        }

        public void Steps(int count)
        {
            for (var t = 0; t < count; t++)
            {
                Fill();
                Optimizer.Step(0.01);
            }
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            Vector.Dispose();
            Network.Dispose();
        }
    }
}
