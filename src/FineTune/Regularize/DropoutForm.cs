using System.Text.Json.Serialization;

namespace FineTune.Regularize;

/// <summary>
/// Where dropout makes up for what it leaves out, so that the next layer sees the same mean in training and at test time.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<DropoutForm>))]
public enum DropoutForm
{
    /// <summary>In training: y = m x / (1 - p), and at test time y = x.</summary>
    Inverted,

    /// <summary>At test time (Srivastava et al. 2014): y = m x in training, y = (1 - p) x at test time.</summary>
    TestScaled,
}
