namespace FineTune.Experiment.TensorBoard;

/// <summary>
/// TensorFlow's Event messages, the three kinds that a run writes; field numbers from tensorflow/core/util/event.proto and summary.proto.
/// </summary>
internal static class EventMessage
{
    private const long Start = 1; // SessionLog.SessionStatus

    /// <summary>What a file begins with.</summary>
    public static byte[] FileVersion(DateTimeOffset time) => Event(time).Text(3, "brain.Event:2").Bytes;

    /// <summary>Says that a session goes on: TensorBoard forgets what earlier files say of this step and later ones.</summary>
    /// <param name="time">The time of day.</param>
    /// <param name="step">The session's first step.</param>
    public static byte[] SessionStart(DateTimeOffset time, long step) =>
        Event(time).Number(2, step).Message(7, new ProtoMessage().Number(1, Start)).Bytes;

    /// <summary>Numbers at a step.</summary>
    /// <param name="time">The time of day.</param>
    /// <param name="step">Steps taken.</param>
    /// <param name="scalars">Names and values.</param>
    public static byte[] Scalars(DateTimeOffset time, long step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        var summary = new ProtoMessage();
        foreach (var (tag, value) in scalars)
            summary.Message(1, new ProtoMessage().Text(1, tag).Float(2, (float)value));
        return Event(time).Number(2, step).Message(5, summary).Bytes;
    }

    private static ProtoMessage Event(DateTimeOffset time) => new ProtoMessage().Double(1, time.ToUnixTimeMilliseconds() / 1000.0);
}
