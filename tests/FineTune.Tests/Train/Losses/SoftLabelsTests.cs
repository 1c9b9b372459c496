using FineTune.Train;
using FineTune.Train.Losses;
using static TorchSharp.torch;

namespace FineTune.Tests.Train.Losses;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class SoftLabelsTests
{
    private static readonly double[][] Teacher = [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.6, 0.1]];
    private static readonly float[] Logits = [0.5f, -0.2f, 0.1f, 1.5f, 0.3f, -0.7f];

    /// <summary>Rows 2 and 0 of the teacher, by the paper's formula in double precision.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 0.9)]
    [InlineData(2.5, 0.3)]
    public void The_loss_is_the_papers(double t, double a)
    {
        using var scope = NewDisposeScope();
        using var soft = new SoftLabels(Log(Teacher), new DistillOptions { Temperature = t, Weight = a });
        var logits = tensor(Logits, [2, 3]);
        var found = soft.Mix(tensor(0.8f), logits, soft.Of([2, 0], CPU), 1).item<float>();
        var expected = (1 - a) * 0.8;
        foreach (var (row, teacher) in new[] { (0, 2), (1, 0) })
        {
            var q = Normalised(Teacher[teacher].Select(p => Math.Pow(p, 1 / t)));
            var p = Normalised(Enumerable.Range(0, 3).Select(k => Math.Exp(Logits[(3 * row) + k] / t)));
            expected += a * t * t * q.Zip(p, (x, y) => x * Math.Log(x / y)).Sum() / 2;
        }

        found.ShouldBe((float)expected, 1e-6f);
    }

    [Fact]
    public void Parts_of_a_batch_add_up_to_it()
    {
        using var scope = NewDisposeScope();
        using var soft = new SoftLabels(Log(Teacher), new DistillOptions());
        var (logits, targets) = (tensor(Logits, [2, 3]), soft.Of([1, 0], CPU));
        var whole = soft.Mix(tensor(0f), logits, targets, 1).item<float>();
        var parts = Enumerable.Range(0, 2)
            .Sum(i => soft.Mix(tensor(0f), logits.narrow(0, i, 1), targets.narrow(0, i, 1), 0.5).item<float>());
        parts.ShouldBe(whole, 1e-6f);
    }

    [Fact]
    public void A_student_that_says_what_its_teacher_says_has_no_loss_of_it()
    {
        using var scope = NewDisposeScope();
        using var soft = new SoftLabels(Log(Teacher), new DistillOptions { Weight = 1 });
        soft.Mix(tensor(5f), Log(Teacher) + 3, soft.Of([0, 1, 2], CPU), 1).item<float>().ShouldBe(0, 1e-6f);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(2, 1.1)]
    [InlineData(2, -0.1)]
    public void Numbers_out_of_range_are_refused(double temperature, double weight)
    {
        var distill = new DistillOptions { Temperature = temperature, Weight = weight };
        var recipe = new Recipe { Data = "photos", Model = "resnet18", Distill = distill };
        Should.Throw<FineTuneException>(recipe.Validate).Message.ShouldContain("is allowed");
    }

    private static Tensor Log(double[][] rows) =>
        tensor(rows.SelectMany(r => r).Select(p => (float)Math.Log(p)).ToArray(), [rows.Length, rows[0].Length]);

    private static double[] Normalised(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return [.. all.Select(v => v / all.Sum())];
    }
}
