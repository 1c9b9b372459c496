using System.Text.Json.Serialization;
using FineTune.Models;

namespace FineTune.Train;

/// <summary>The JSON in a checkpoint's metadata, without reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrainState))]
[JsonSerializable(typeof(Preprocessing))]
[JsonSerializable(typeof(StochasticLayers))]
[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
