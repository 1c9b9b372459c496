using FineTune.Ensemble;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Tests.Cli;
using FineTune.Train;
using static TorchSharp.torch;

namespace FineTune.Tests.Experiment;

/// <summary>Models whose outputs, and the names of them, stand in another order: whatever is made of them, they say the same.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ClassOrderTests(TwoRuns runs) : IClassFixture<TwoRuns>
{
    [Theory]
    [InlineData("average")]
    [InlineData("logits")]
    [InlineData("soup")]
    [InlineData("greedy-soup")]
    public void An_ensemble_of_turned_models_alone_says_the_same(string method)
    {
        string[] straight = [.. new[] { runs.A, runs.B }.Select(r => new RunFolder(r).Best)];
        var (expected, found) = (Measured(straight, method), Measured([.. straight.Select(Turned)], method));
        found.Predictions.Probabilities.ShouldBe(expected.Predictions.Probabilities, 1e-6);
        found.Comparison.Rows.Select(r => r.Score.Top1).ShouldBe(expected.Comparison.Rows.Select(r => r.Score.Top1));
        found.Comparison.Rows.Select(r => r.Score.Nll).ShouldBe(expected.Comparison.Rows.Select(r => r.Score.Nll), 1e-5);
        found.Saved.ShouldBe(expected.Saved, 1e-6);
    }

    [Fact]
    public void Straight_and_turned_members_are_aligned_and_have_no_mean_of_weights()
    {
        var path = Turned(new RunFolder(runs.B).Best);
        using var straight = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Weights = [new RunFolder(runs.B).Best] });
        using var turned = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Weights = [path] });
        var (expected, found) = (straight.Evaluate(), turned.Evaluate());
        found.Predictions.Probabilities.ShouldBe(expected.Predictions.Probabilities, 1e-7);
        found.Rows[1].Alone.Nll.ShouldBe(expected.Rows[1].Alone.Nll, 1e-6);
        turned.Notes.ShouldContain($"It is not known which images '{path}' was trained on; some may be among those that are measured.");
        straight.Notes.ShouldBeEmpty();
        var kept = Path.Combine(runs.Tiny.Root, "kept-both");
        turned.Save(kept);
        Finetune.Run("export", "--run", kept, "--format", "onnx", "--out", kept + ".onnx").ShouldFail("have the classes in one order");
        using var soup = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Weights = [path], Method = "soup" });
        Should.Throw<FineTuneException>(() => soup.Evaluate()).Message.ShouldContain("classes in one order");
    }

    /// <summary>Of the weights alone: the run is there for its images, and the last two members are taken.</summary>
    private (FineTune.Evaluate.Predictions Predictions, MethodComparison Comparison, double[] Saved) Measured(
        string[] weights, string method)
    {
        var folder = Path.Combine(runs.Tiny.Root, "kept" + Guid.NewGuid());
        var request = new EnsembleRequest
        {
            Runs = [Third()],
            Snapshots = false,
            Weights = weights,
            Selection = MemberSelection.Parse("last:2"),
            Method = method,
        };
        using var session = new EnsembleSession(request);
        var report = session.Evaluate();
        var comparison = session.Compare(report);
        session.Save(folder);
        var saved = new SavedEnsembleSession(folder);
        using var model = saved.OpenResult();
        return (report.Predictions, comparison, saved.Predict(model, saved.Samples().Samples).Probabilities);
    }

    private string Third()
    {
        var folder = runs.Tiny.Folder("third");
        if (!Directory.Exists(folder.Path))
            runs.Tiny.Start(runs.Tiny.Recipe with { Seed = 3, Epochs = 1, Snapshots = 0 }, folder);
        return folder.Path;
    }

    private string Turned(string weights)
    {
        var path = Path.Combine(runs.Tiny.Root, Guid.NewGuid() + ".safetensors");
        using var model = LoadedModel.Open(null, weights);
        using var _ = no_grad();
        foreach (var name in new[] { "linear.weight", "linear.bias" })
            model.Network.state_dict()[name].copy_(model.Network.state_dict()[name].flip(0));
        Checkpoint.SaveWeights(path, model.Network, [.. model.Classes!.Reverse()]);
        return path;
    }
}
