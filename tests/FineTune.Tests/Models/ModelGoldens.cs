using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>A row of what scripts/goldens/models.py wrote.</summary>
/// <param name="Tensors">Of the state dict.</param>
/// <param name="Values">In all of them.</param>
/// <param name="Sha256">Of its keys and shapes.</param>
/// <param name="Parameters">Values that it learns.</param>
/// <param name="MultiplyAdds">For one image of that size; null where it was not counted.</param>
/// <param name="Size">Pixels a side.</param>
/// <param name="Logits">Of two images.</param>
/// <param name="Step">Loss, norm of the gradient, loss after a step, loss in training, running means after that.</param>
internal sealed record ModelGolden(
    int Tensors, long Values, string Sha256, long Parameters, long? MultiplyAdds, int Size, double[] Logits, double[] Step);

/// <summary>The rows, and the formulas by which both sides fill a network.</summary>
internal static class ModelGoldens
{
    public const int Classes = 10;

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyDictionary<string, ModelGolden> All { get; } =
        JsonSerializer.Deserialize<Dictionary<string, ModelGolden>>(File.ReadAllText(Repo.Goldens("Models/models.json")), SnakeCase)!;

    /// <summary>Every value becomes a function of its tensor's key and its own place in the tensor.</summary>
    public static void Fill(Network network)
    {
        using var _ = no_grad();
        foreach (var (key, target) in network.state_dict().Where(t => t.Value.dtype == ScalarType.Float32))
        {
            var seed = Crc32.HashToUInt32(Encoding.UTF8.GetBytes(key));
            var values = new float[target.numel()];
            var scale = Math.Sqrt(6.0 * target.shape[0] / values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                var wave = Wave(unchecked(((uint)i * 2654435761) + seed));
                values[i] = (float)(target.dim() > 1 ? wave * scale
                    : key.EndsWith("running_var", StringComparison.Ordinal) ? 1 + (0.5 * wave)
                    : key.EndsWith("weight", StringComparison.Ordinal) ? 0.7 + (0.2 * wave)
                    : 0.1 * wave);
            }

            using var filled = tensor(values, target.shape);
            target.copy_(filled);
        }
    }

    /// <summary>[2, 3, size, size].</summary>
    public static Tensor Picture(int size) =>
        tensor([.. Enumerable.Range(0, 2 * 3 * size * size).Select(i => (float)Math.Sin((0.011 * i) + 0.5))], [2, 3, size, size]);

    private static double Wave(uint mixed)
    {
        mixed ^= mixed >> 15;
        mixed = unchecked(mixed * 2246822519);
        mixed ^= mixed >> 13;
        return (mixed / 2147483648.0) - 1;
    }
}
