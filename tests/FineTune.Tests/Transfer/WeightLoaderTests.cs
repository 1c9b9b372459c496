using System.Text;
using FineTune.Models;
using FineTune.Tests.Weights;
using FineTune.Transfer;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class WeightLoaderTests
{
    [Fact]
    public void What_was_read_can_be_loaded_and_is_the_same()
    {
        using var source = Zoo.Create("cifar_resnet20", 3, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        var weights = WeightLoader.Read(source);
        Same(WeightLoader.Read(target), weights, "conv1.weight").ShouldBeFalse();
        WeightLoader.Load(target, weights, "w");
        foreach (var name in weights.Keys)
            Same(WeightLoader.Read(target), weights, name).ShouldBeTrue(name);
    }

    [Fact]
    public void A_count_may_be_stored_as_a_whole_floating_point_number()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        WeightLoader.Load(network, WithCount(network, 7), "w");
        network.state_dict()["bn1.num_batches_tracked"].item<long>().ShouldBe(7);
        using var other = Zoo.Create("cifar_resnet20", 3, seed: 2);
        var before = WeightLoader.Read(other);
        Should.Throw<WeightException>(() => WeightLoader.Load(other, WithCount(network, 3.5f), "w"));
        Unchanged(other, before);
        foreach (var value in new[] { 3.5f, float.NaN, float.PositiveInfinity })
        {
            Should.Throw<WeightException>(() => WeightLoader.Load(network, WithCount(network, value), "w"))
                .Message.ShouldContain("'bn1.num_batches_tracked' is a count");
        }
    }

    [Fact]
    public void Values_of_other_types_and_of_counts_are_checked_where_a_file_is_read_once()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        foreach (var type in new[] { ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float64 })
        {
            var weights = WeightLoader.Read(network).Select((name, data) => name == "layer1.0.conv1.weight" ? Stored(type, data) : data);
            Should.Throw<WeightException>(() => WeightLoader.Fill(network, weights, "w")).Message
                .ShouldContain("1 of the 2304 values of 'layer1.0.conv1.weight' are not finite");
        }

        Should.Throw<WeightException>(() => WeightLoader.Fill(network, WithCount(network, 3.5f), "w")).Message
            .ShouldContain("'bn1.num_batches_tracked' is a count");
        WeightLoader.Fill(network, WithCount(network, 1 << 20), "w");
        network.state_dict()["bn1.num_batches_tracked"].item<long>().ShouldBe(1 << 20);

        static TensorData Stored(ScalarType type, TensorData data)
        {
            var floats = data.ToFloats();
            floats[7] = float.NaN;
            using var values = tensor(floats, [.. data.Shape]).to_type(type);
            var stored = type switch
            {
                ScalarType.Float16 => TensorType.Float16,
                ScalarType.BFloat16 => TensorType.BFloat16,
                _ => TensorType.Float64,
            };
            return new TensorData(stored, [.. data.Shape], values.bytes.ToArray());
        }
    }

    [Fact]
    public void Of_several_faults_the_first_tensors_is_told()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var weights = Altered(Altered(WeightLoader.Read(network), "linear.weight", float.NaN), "conv1.weight", float.NaN);
        Should.Throw<WeightException>(() => WeightLoader.Load(network, weights, "w")).Message.ShouldContain("'conv1.weight'");
    }

    /// <summary>A network whose every matrix is 0 learns nothing; one such matrix, or vectors of 0, are as they may be.</summary>
    [Fact]
    public void Weights_whose_every_matrix_is_zero_are_refused()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var before = WeightLoader.Read(network);
        WeightLoader.Load(network, Zeroed(name => name == "conv1.weight"), "w");
        WeightLoader.Load(network, Zeroed(name => before[name].Shape.Count == 1), "w");
        WeightLoader.Load(network, before, "w");
        Should.Throw<WeightException>(() => WeightLoader.Load(network, Zeroed(name => before[name].Shape.Count > 1), "w")).Message
            .ShouldBe("Cannot read weights 'w': all values of its 20 matrices and filters are 0: it holds no trained weights.");
        Unchanged(network, before);

        StateDict Zeroed(Func<string, bool> which) => before.Select((name, data) =>
            which(name) && data.Type == TensorType.Float32 ? TensorData.From(new float[data.Count], [.. data.Shape]) : data);
    }

    private static StateDict WithCount(Network network, float value)
    {
        var weights = new StateDict();
        foreach (var (name, values) in WeightLoader.Read(network))
            weights.Add(name, name == "bn1.num_batches_tracked" ? TensorData.From([value]) : values);
        return weights;
    }

    [Fact]
    public void A_mismatch_lists_what_is_missing_unexpected_and_misshapen_and_changes_nothing()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var before = WeightLoader.Read(network);
        var weights = new StateDict();
        foreach (var (name, values) in before)
        {
            if (name == "conv1.weight")
            {
                weights.Add("conv0.weight", values);
            }
            else
            {
                weights.Add(name, name == "bn1.bias"
                    ? TensorData.From(new float[15], 15)
                    : TensorData.From(new float[values.Count], [.. values.Shape]));
            }
        }

        foreach (var load in new Action[]
        {
            () => WeightLoader.Load(network, weights, "w.pth"),
            () => WeightLoader.LoadBody(network, weights, "w.pth"),
        })
        {
            var error = Should.Throw<WeightMismatchException>(load);
            error.Report.Missing.ShouldBe(["conv1.weight"]);
            error.Report.Unexpected.ShouldBe(["conv0.weight"]);
            error.Report.Misshapen.Select(m => m.Name).ShouldBe(["bn1.bias"]);
            error.Message.ShouldContain("'w.pth' does not fit cifar_resnet20");
            error.Message.ShouldContain("bn1.bias is [15] where the model has [16]");
        }

        Unchanged(network, before);
    }

    [Theory]
    [InlineData("layer1.0.conv1.weight", float.NaN, "1 of the 2304 values of 'layer1.0.conv1.weight' are not finite")]
    [InlineData("bn1.running_mean", float.PositiveInfinity, "1 of the 16 values of 'bn1.running_mean' are not finite")]
    [InlineData("layer3.2.bn2.running_var", float.NegativeInfinity, "'layer3.2.bn2.running_var' are not finite")]
    [InlineData("layer3.2.bn2.running_var", -1e-9f, "'layer3.2.bn2.running_var' is a variance and has values below 0")]
    [InlineData("linear.bias", float.NaN, "'linear.bias' are not finite")]
    [InlineData("layer2.0.bn1.weight", -3e38f, "'layer2.0.bn1.weight' has a value of 3e+38, whose square overflows")]
    public void Values_that_no_network_computes_with_are_named_and_change_nothing(string tensor, float value, string says)
    {
        using var source = Zoo.Create("cifar_resnet20", 3, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        var (weights, before) = (Altered(WeightLoader.Read(source), tensor, value), WeightLoader.Read(target));

        Should.Throw<WeightException>(() => WeightLoader.Load(target, weights, "w.pth")).Message.ShouldContain(says);
        Should.Throw<WeightException>(() => WeightLoader.LoadBody(target, weights, "w.pth"))
            .Message.ShouldStartWith("Cannot read weights 'w.pth': ");

        Unchanged(target, before);
        Should.Throw<WeightException>(() => WeightLoader.Fill(target, weights, "w.pth")).Message.ShouldContain(says);
        Should.Throw<WeightException>(() => WeightLoader.FillBody(target, weights, "w.pth")).Message.ShouldContain(says);
    }

    /// <summary>Also where the damage is in the last tensor, or in a head that is not taken over.</summary>
    [Theory]
    [InlineData(3, "linear.bias")]
    [InlineData(7, "linear.bias")]
    [InlineData(3, "conv1.weight")]
    public void A_damaged_file_changes_nothing(int classes, string tensor)
    {
        using var source = Zoo.Create("cifar_resnet20", classes, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        using var scratch = new Scratch();
        var whole = WeightLoader.Read(source);
        TorchWriter.Write(scratch.File("w.pth"), whole);
        var entry = $"archive/data/{whole.Keys.ToList().IndexOf(tensor)}";
        var bytes = File.ReadAllBytes(scratch.File("w.pth"));
        var name = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(entry));
        bytes[(name + entry.Length + 4 + 63) & ~63] ^= 1; // entries begin at multiples of 64
        var (weights, before) = (WeightFile.Read(scratch.File("w.pth", bytes)), WeightLoader.Read(target));

        Should.Throw<WeightException>(() => WeightLoader.LoadBody(target, weights, "w.pth")).Message.ShouldContain($"'{entry}' is damaged");

        Unchanged(target, before);
        var again = WeightFile.Read(scratch.File("w.pth")); // whose checksums were not compared yet
        Should.Throw<WeightException>(() => WeightLoader.FillBody(target, again, "w.pth")).Message.ShouldContain($"'{entry}' is damaged");
    }

    [Fact]
    public void A_file_cut_short_after_it_was_read_changes_nothing()
    {
        using var source = Zoo.Create("cifar_resnet20", 3, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        using var scratch = new Scratch();
        SafetensorsWriter.Write(scratch.File("w"), WeightLoader.Read(source));
        var (weights, before) = (WeightFile.Read(scratch.File("w")), WeightLoader.Read(target));
        using (var file = File.OpenHandle(scratch.File("w"), access: FileAccess.Write))
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) - 4);

        Should.Throw<WeightException>(() => WeightLoader.Load(target, weights, "w")).Message.ShouldContain("cut short");

        Unchanged(target, before);
    }

    [Theory]
    [InlineData(TensorType.Float16)]
    [InlineData(TensorType.BFloat16)]
    [InlineData(TensorType.Float64)]
    [InlineData(TensorType.Int16)]
    public void Weights_of_other_types_are_converted(TensorType type)
    {
        using var target = Zoo.Create("cifar_resnet20", 3);
        var weights = new StateDict();
        foreach (var (name, values) in WeightLoader.Read(target))
            weights.Add(name, name == "conv1.weight" ? new TensorData(type, values.Shape, Bytes((int)values.Count)) : values);
        using var scratch = new Scratch();
        SafetensorsWriter.Write(scratch.File("w"), weights);
        foreach (var load in new Action<Network, StateDict, string>[] { WeightLoader.Load, WeightLoader.Fill })
        {
            using var empty = Zoo.Create("cifar_resnet20", 3);
            load(empty, WeightFile.Read(scratch.File("w")), "w");
            WeightLoader.Read(empty)["conv1.weight"].ToFloats().ShouldBe(Enumerable.Range(0, 432).Select(i => i % 128 - 64f));
        }

        byte[] Bytes(int count) => [.. Enumerable.Range(0, count).SelectMany(i => Element(i % 128 - 64))];
        byte[] Element(int value) => type switch
        {
            TensorType.Float16 => BitConverter.GetBytes((Half)value),
            TensorType.BFloat16 => BitConverter.GetBytes((float)value)[2..],
            TensorType.Float64 => BitConverter.GetBytes((double)value),
            _ => BitConverter.GetBytes((short)value),
        };
    }

    private static void Unchanged(Network network, StateDict before)
    {
        var after = WeightLoader.Read(network);
        foreach (var name in before.Keys)
            Same(after, before, name).ShouldBeTrue(name);
    }

    [Fact]
    public void A_head_that_is_not_taken_over_may_hold_anything()
    {
        using var source = Zoo.Create("cifar_resnet20", 7);
        using var target = Zoo.Create("cifar_resnet20", 3);
        WeightLoader.LoadBody(target, Altered(WeightLoader.Read(source), "linear.bias", float.NaN), "w").ShouldBeFalse();
    }

    /// <summary>The same weights but for one value of a tensor.</summary>
    internal static StateDict Altered(StateDict weights, string tensor, float value)
    {
        var altered = new StateDict();
        foreach (var (name, data) in weights)
        {
            if (name != tensor)
            {
                altered.Add(name, data);
                continue;
            }

            var values = data.ToFloats();
            values[^1] = value;
            altered.Add(name, TensorData.From(values, [.. data.Shape]));
        }

        return altered;
    }

    [Theory]
    [InlineData(7, false)] // for other classes
    [InlineData(3, true)]
    public void A_head_for_other_classes_keeps_its_values_and_the_body_is_filled(int classes, bool filled)
    {
        using var source = Zoo.Create("cifar_resnet20", classes, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        var (weights, before) = (WeightLoader.Read(source), WeightLoader.Read(target));
        WeightLoader.LoadBody(target, weights, "w").ShouldBe(filled);
        var after = WeightLoader.Read(target);
        foreach (var name in before.Keys)
            Same(after, name.StartsWith("linear.", StringComparison.Ordinal) && !filled ? before : weights, name).ShouldBeTrue(name);
    }

    [Fact]
    public void A_head_for_other_classes_is_refused_where_every_tensor_is_wanted()
    {
        using var source = Zoo.Create("cifar_resnet20", 7);
        using var target = Zoo.Create("cifar_resnet20", 3);
        Should.Throw<WeightMismatchException>(() => WeightLoader.Load(target, WeightLoader.Read(source), "w"))
            .Message.ShouldContain("only the head 'linear' is of another size");
    }

    [Fact]
    public void Weights_without_a_head_fill_the_body()
    {
        using var source = Zoo.Create("cifar_resnet20", 3, seed: 1);
        using var target = Zoo.Create("cifar_resnet20", 3, seed: 2);
        var body = new StateDict();
        foreach (var (name, values) in WeightLoader.Read(source).Where(t => !t.Key.StartsWith("linear.", StringComparison.Ordinal)))
            body.Add(name, values);
        WeightLoader.LoadBody(target, body, "w").ShouldBeFalse();
        Same(WeightLoader.Read(target), body, "conv1.weight").ShouldBeTrue();
    }

    private static bool Same(StateDict a, StateDict b, string name) => a[name].Bytes.Span.SequenceEqual(b[name].Bytes.Span);
}
