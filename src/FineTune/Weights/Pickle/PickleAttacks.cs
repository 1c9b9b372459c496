namespace FineTune.Weights;

/// <summary>
/// Names that a pickle asks for in order to run code. Nothing is ever called, so this is no defence but a message: a file that asks for one
/// is hostile or no plain checkpoint, and its user should know.
/// </summary>
internal static class PickleAttacks
{
    /// <summary>Python's modules that start programs, open files or connections, load code, or reach other names.</summary>
    private static readonly HashSet<string> Packages = new(
        [
            "os", "posix", "nt", "sys", "subprocess", "popen2", "commands", "pty", "platform", "signal", "multiprocessing", "asyncio",
            "builtins", "__builtin__", "functools", "operator", "itertools", "types", "inspect", "gc", "atexit",
            "importlib", "imp", "pkgutil", "zipimport", "runpy", "code", "codeop", "pip", "ensurepip", "venv", "setuptools", "distutils",
            "pickle", "_pickle", "cpickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml", "ctypes", "_ctypes", "cffi",
            "socket", "_socket", "ssl", "http", "httplib", "urllib", "urllib2", "requests", "aiohttp", "httpx", "ftplib", "smtplib",
            "telnetlib", "xmlrpc", "webbrowser", "antigravity", "shutil", "tempfile", "glob", "io", "_io", "fileinput", "linecache",
            "tarfile", "zipfile", "sqlite3", "winreg", "_winreg", "msvcrt", "pdb", "bdb", "trace", "timeit", "profile", "cprofile", "pydoc",
            "doctest", "unittest", "idlelib", "lib2to3", "_codecs", "codecs", "_testcapi", "test",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>torch's packages whose classes stand in checkpoints, beside the weights: schedules, optimizers, losses, scalers.</summary>
    private static readonly string[] OfTorch =
        ["torch.nn.", "torch.optim.", "torch.cuda.amp.", "torch.amp.", "torch.utils.data.", "torch.distributions."];

    /// <summary>Whether a name that is not in the table is refused, rather than read as an object of no interest.</summary>
    public static bool Are(string module, string name)
    {
        var package = module.AsSpan(0, module.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : module.Length).ToString();
        if (package.Length == 0 || name.Length == 0 || name.Contains('.', StringComparison.Ordinal))
            return true; // a dot leads from a harmless name to another
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal))
            return true;
        return package.Equals("torch", StringComparison.OrdinalIgnoreCase)
            ? !char.IsUpper(name[0]) || !OfTorch.Any(t => module.StartsWith(t, StringComparison.Ordinal))
            : Packages.Contains(package);
    }
}
