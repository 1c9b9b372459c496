using FineTune.Experiment;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class OutOfMemoryTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void The_micro_batch_halves_and_the_run_has_the_bits_of_one_that_was_divided_from_the_start()
    {
        var recipe = _tiny.Recipe with { Epochs = 1, Snapshots = 0 };
        var divided = _tiny.Start(recipe with { Gradient = new GradientOptions { Accumulate = 2 } }, _tiny.Folder("divided"));
        var told = new List<int>();

        var hash = Train(recipe, most: 4, e =>
        {
            if (e is TrainEvent.BatchDivided d)
                told.Add(d.MicroBatches);
        });

        told.ShouldBe([2]);
        hash.ShouldBe(divided.FinalWeights);
    }

    [Fact]
    public void What_it_was_divided_into_is_part_of_the_checkpoint()
    {
        var recipe = _tiny.Recipe with { Epochs = 1, Snapshots = 0 };
        Train(recipe, most: 4, _ => { });
        WeightFile.Read(_tiny.Folder("small").Last).Metadata["train_state"].ShouldContain("\"micro_batches\":2");
    }

    [Fact]
    public void A_single_image_that_does_not_fit_is_one_sentence() =>
        Should.Throw<FineTuneException>(() => Train(_tiny.Recipe, most: 0, _ => { })).Message
            .ShouldBe("Memory does not suffice for a step on a single image: CUDA out of memory. Tried to allocate 2 GiB; "
                + "choose a smaller input.size or model.");

    public void Dispose() => _tiny.Dispose();

    private string Train(Recipe recipe, int most, Action<TrainEvent> listener)
    {
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("small"));
        var parts = run.Parts with
        {
            Training = new AlteredSource(run.Parts.Training, (input, _) => // batch norms have seen it by the time that memory runs out
            {
                if (input.size(0) > most)
                    throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2 GiB.\nmore");
            }),
        };
        parts.Folder.Create();
        new Trainer(parts, listener, TimeProvider.System).Run(CancellationToken.None).ShouldBeTrue();
        return Manifest.HashWeights(parts.Vector);
    }
}
