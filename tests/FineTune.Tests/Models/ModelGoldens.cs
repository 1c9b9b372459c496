using System.Text.Json;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>What scripts/goldens/models.py wrote, and its formulas.</summary>
internal static class ModelGoldens
{
    public const int Classes = 10;

    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Models/models.json"))).RootElement;

    public static (int Tensors, long Values, string Sha256) State(string model)
    {
        var row = Root.GetProperty("state").GetProperty(model);
        return (row.GetProperty("tensors").GetInt32(), row.GetProperty("values").GetInt64(), row.GetProperty("sha256").GetString()!);
    }

    public static (int Size, double[] Values) Logits(string model)
    {
        var row = Root.GetProperty("logits").GetProperty(model);
        return (row.GetProperty("size").GetInt32(), [.. row.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())]);
    }

    /// <summary>Every value becomes a function of its tensor's place in the state dict and its own in the tensor.</summary>
    public static void Fill(Network network)
    {
        using var _ = no_grad();
        var k = 0;
        foreach (var (name, target) in network.state_dict())
        {
            var place = k++;
            if (target.dtype != ScalarType.Float32)
                continue;
            var values = new float[target.numel()];
            var scale = Math.Sqrt(6.0 * (target.dim() > 0 ? target.shape[0] : 1) / values.Length);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)Value(name, target.dim(), Wave(place, i), scale);
            using var filled = tensor(values, target.shape);
            target.copy_(filled);
        }
    }

    /// <summary>[2, 3, size, size].</summary>
    public static Tensor Picture(int size) =>
        tensor([.. Enumerable.Range(0, 2 * 3 * size * size).Select(i => (float)Math.Sin((0.011 * i) + 0.5))], [2, 3, size, size]);

    private static double Wave(int place, int i)
    {
        var wave = 43758.5453 * Math.Sin((12.9898 * i) + (78.233 * place));
        return (2 * (wave - Math.Floor(wave))) - 1;
    }

    private static double Value(string name, long dimensions, double wave, double scale)
    {
        if (dimensions > 1)
            return wave * scale;
        if (name.EndsWith("running_var", StringComparison.Ordinal))
            return 1 + (0.5 * wave);
        return name.EndsWith("weight", StringComparison.Ordinal) ? 1 + (0.25 * wave) : 0.1 * wave;
    }
}
