using FineTune.Engine;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Tests.Weights;
using FineTune.Train;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>Every model of the zoo under every freeze line, and from a checkpoint.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ZooTrainingTests : IDisposable
{
    private const int Classes = 4, Side = 64;
    private const int LeastOfInception = 75; // below it a 3 x 3 filter has less than its own size to look at
    private const double Lr = 1e-4;
    private static readonly string[] Names = ["ant", "bee", "cat", "dog"];
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Made => ZooTests.MadeBelow(5_000_000);

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Made))]
    public void A_model_trains_under_every_freeze_line_and_nothing_below_it_moves(string name)
    {
        using var network = Created(name);
        ModelGoldens.Fill(network); // at random, features of frozen layers may overflow
        using var vector = new ParameterVector(network);
        using var images = Images(name);
        foreach (var stage in network.Stages.Where(s => s.NamedParameters().Any()))
        {
            using var scope = NewDisposeScope();
            var line = FreezeLine.Parse(network, stage.Name);
            using var optimizer = Rule(vector, network, line);
            var before = network.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
            Step(line, vector, optimizer, images);
            double.IsFinite(Step(line, vector, optimizer, images)).ShouldBeTrue();
            foreach (var (k, other) in network.Stages.Index())
            {
                var parameters = other.NamedParameters().Select(p => (p.Name, Moved: !before[p.Name].Equals(p.Parameter))).ToArray();
                if (parameters.Length > 0)
                    parameters.Any(p => p.Moved).ShouldBe(k >= line.Stage, $"{other.Name} with the line at {stage.Name}");
                if (k < line.Stage)
                    other.NamedBuffers().ShouldAllBe(b => before[b.Name].Equals(b.Buffer), $"{other.Name} with the line at {stage.Name}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Made))]
    public void A_model_goes_on_from_a_checkpoint_to_the_bit(string name)
    {
        using var network = Created(name);
        ModelGoldens.Fill(network); // at random, features of frozen layers may overflow
        using var vector = new ParameterVector(network);
        using var images = Images(name);
        using var other = Created(name, seed: 9);
        using var otherVector = new ParameterVector(other);
        using var scope = NewDisposeScope();
        var (line, otherLine) = (FreezeLine.Parse(network, FreezeLine.All), FreezeLine.Parse(other, FreezeLine.All));
        using var optimizer = Rule(vector, network, line);
        Step(line, vector, optimizer, images);
        Checkpoint.Save(_scratch.File("last.safetensors"), network, Names, optimizer, TrainState.Start with { Step = 1 });
        Step(line, vector, optimizer, images);
        using var otherRule = Rule(otherVector, other, otherLine);
        Checkpoint.Restore(Checkpoint.Read(_scratch.File("last.safetensors")), other, _ => otherRule).Step.ShouldBe(1);
        Step(otherLine, otherVector, otherRule, images);
        var (expected, found) = (network.state_dict(), other.state_dict());
        foreach (var (key, values) in expected)
            found[key].Equals(values).ShouldBeTrue(key);
    }

    /// <summary>Position embeddings are those of the images' size.</summary>
    private static Network Created(string name, long seed = 0) =>
        Zoo.Create(name, Classes, seed, name.StartsWith("vit", StringComparison.Ordinal) ? Side : null);

    private static Tensor Images(string name)
    {
        var side = name == "inception_v3" ? LeastOfInception : Side;
        return randn([4, 3, side, side], generator: new Generator(1));
    }

    private static Optimizer Rule(ParameterVector vector, Network network, FreezeLine line)
    {
        vector.Unfreeze(line.Stage);
        var spec = new NamedSpec("sgd", new Dictionary<string, object?> { ["lr"] = Lr, ["momentum"] = 0.9 });
        return Optimizers.Create(spec, vector, network.Stages.Count - 1, new Horizon(1, 1, 2));
    }

    private static double Step(FreezeLine line, ParameterVector vector, Optimizer optimizer, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var labels = tensor(new long[] { 0, 1, 2, 3 });
        line.Train();
        Seeding.Seed(7);
        vector.ZeroGradient();
        var loss = nn.functional.cross_entropy(line.Forward(images), labels);
        loss.backward();
        optimizer.Step(Lr, () => loss.item<float>());
        return loss.item<float>();
    }
}
