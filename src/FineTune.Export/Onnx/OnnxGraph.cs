using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;
using DataType = Onnx.TensorProto.Types.DataType;

namespace FineTune.Export.Onnx;

/// <summary>
/// Collects the operators and weights of an ONNX graph. What is there already is not added again: members of an ensemble that
/// agree in their lower layers share them, and so do the two views of a mirrored image.
/// </summary>
/// <param name="half">Whether weights are kept in float16.</param>
internal sealed class OnnxGraph(bool half)
{
    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The type of images within the graph.</summary>
    public DataType Float => half ? DataType.Float16 : DataType.Float;

    /// <summary>Declares what goes in: [batch, ...].</summary>
    public string Input(string name, params long[] shape)
    {
        _graph.Input.Add(Declared(name, shape));
        return name;
    }

    /// <summary>Declares what comes out: [batch, ...].</summary>
    public void Output(string name, string value, params long[] shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value }, Output = { name } });
        _graph.Output.Add(Declared(name, shape));
    }

    /// <summary>Adds an operator; its only output.</summary>
    public string Add(string op, IReadOnlyList<string> inputs, params IReadOnlyList<AttributeProto> attributes)
    {
        var key = $"{op}({string.Join(',', inputs)}){string.Concat(attributes.Select(a => a.ToString()))}";
        if (_known.TryGetValue(key, out var there))
            return there;
        var name = string.Create(CultureInfo.InvariantCulture, $"{op}_{_graph.Node.Count}");
        var node = new NodeProto { OpType = op, Name = name, Output = { name } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return _known[key] = name;
    }

    /// <summary>Adds an operator of one input.</summary>
    public string Add(string op, string input, params IReadOnlyList<AttributeProto> attributes) => Add(op, [input], attributes);

    /// <summary>The same values of another type.</summary>
    public string Cast(string x, DataType to) => Add("Cast", x, Attribute.Of("to", (long)to));

    /// <summary>A part of an axis: first, first + step .. up to end.</summary>
    public string Sliced(string x, long axis, long first, long end, long step = 1) =>
        Add("Slice", [x, Integers(first), Integers(end), Integers(axis), Integers(step)]);

    /// <summary>The same values in another shape; 0 as the first size: the batch's.</summary>
    public string Shaped(string x, params long[] shape) => Add("Reshape", [x, Integers(shape)]);

    /// <summary>The axes in another order.</summary>
    public string Turned(string x, params long[] axes) => Add("Transpose", x, Attribute.Of("perm", axes));

    /// <summary>The name of a tensor's values.</summary>
    /// <param name="hint">What they are called where nothing else is called so.</param>
    /// <param name="values">float32.</param>
    public string Weights(string hint, Tensor values)
    {
        using var here = values.detach().to(half ? ScalarType.Float16 : ScalarType.Float32).cpu().contiguous();
        return Constant(hint, Float, here.shape, here.bytes);
    }

    /// <summary>The name of a single value.</summary>
    public string Scalar(double value)
    {
        using var scalar = tensor((float)value);
        return Weights("scalar", scalar);
    }

    /// <summary>The name of whole numbers, such as a shape.</summary>
    public string Integers(params long[] values) =>
        Constant("integers", DataType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>The name of one whole number.</summary>
    public string Index(long value) => Constant("index", DataType.Int64, [], MemoryMarshal.AsBytes(new Span<long>(ref value)));

    /// <summary>The graph as a model.</summary>
    /// <param name="metadata">Words that stand beside it.</param>
    public ModelProto ToModel(IReadOnlyDictionary<string, string> metadata)
    {
        const int IrVersion = 8, Opset = 17;
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "FineTune", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    private string Constant(string hint, DataType type, long[] shape, Span<byte> bytes)
    {
        var key = $"{type}{string.Join('x', shape)}:{Convert.ToHexString(SHA256.HashData(bytes))}";
        if (_known.TryGetValue(key, out var there))
            return there;
        var name = _graph.Initializer.Any(i => i.Name == hint)
            ? string.Create(CultureInfo.InvariantCulture, $"{hint}_{_graph.Initializer.Count}")
            : hint;
        var proto = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        proto.Dims.AddRange(shape);
        _graph.Initializer.Add(proto);
        return _known[key] = name;
    }

    private static ValueInfoProto Declared(string name, long[] shape)
    {
        var sizes = new TensorShapeProto();
        sizes.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        sizes.Dim.AddRange(shape.Select(s => new TensorShapeProto.Types.Dimension { DimValue = s }));
        var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = sizes } };
        return new ValueInfoProto { Name = name, Type = type };
    }
}

/// <summary>Attributes of operators.</summary>
internal static class Attribute
{
    public static AttributeProto Of(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Of(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    public static AttributeProto Of(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
