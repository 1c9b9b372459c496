namespace FineTune.Weights;

/// <summary>A weight file that cannot be read: which file, and why. The one exception that reading weights throws.</summary>
public sealed class WeightException : FineTuneException
{
    /// <summary>An unreadable weight file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">A clause without a full stop: "the file is empty".</param>
    /// <param name="inner">What led to it.</param>
    public WeightException(string path, string reason, Exception? inner = null)
        : base($"Cannot read weights '{path}': {reason}.", inner)
    {
        (Path, Reason) = (path, reason);
    }

    private WeightException(string message, string path, string reason)
        : base(message)
    {
        (Path, Reason) = (path, reason);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Why it cannot be read, as a clause.</summary>
    public string Reason { get; }

    /// <summary>A pickle that names a function or class outside the fixed table.</summary>
    internal static WeightException Calls(string path, string module, string name)
    {
        var asked = Printable($"{module}.{name}");
        var known = module is "posix" or "nt" ? $"'{Printable($"os.{name}")}' ({asked})" : $"'{asked}'";
        return new(
            $"'{path}' asks to call {known} when loaded: it is not a plain state dict, and was not read.", path, $"asks to call {known}");
    }

    /// <summary>A stranger's text, safe to put on a terminal: no control characters, at most 120 characters.</summary>
    internal static string Printable(string text)
    {
        var shown = text.Length > 120 ? text[..117] + "..." : text;
        return string.Concat(shown.Select(c => char.IsControl(
            c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '?' : c));
    }
}
