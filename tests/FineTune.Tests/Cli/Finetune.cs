using System.Diagnostics;

namespace FineTune.Tests.Cli;

/// <summary>Runs the command line as its users do: another process, no terminal.</summary>
internal static class Finetune
{
    private const int Seconds = 600; // a hang, not slowness, ends a test

    private static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "FineTune.Cli.dll");

    /// <summary>What starts it, in front of its arguments.</summary>
    public static IReadOnlyList<string> Program { get; } = ["dotnet", Dll];

    /// <summary>Runs it, and ends it with code 124 if it takes more than some seconds.</summary>
    public static Outcome RunWithin(int seconds, params string[] arguments) =>
        RunProgram("timeout", [$"{seconds}", .. Program, .. arguments]);

    public static Outcome Run(params string[] arguments) => RunProgram("dotnet", [Dll, .. arguments]);

    /// <summary>Runs it where no file may be larger than a number of KiB.</summary>
    public static Outcome RunWithFileLimit(int kibibytes, params string[] arguments) =>
        RunProgram(
            "bash", ["-c", $"ulimit -f {kibibytes}; exec dotnet \"$@\"", "bash", Dll, .. arguments], ("DOTNET_EnableWriteXorExecute", "0"));

    /// <summary>Runs another program in the same way.</summary>
    public static Outcome RunProgram(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using var process = StartProgram(program, arguments, environment);
        return End(process);
    }

    /// <summary>Starts it and goes on beside it; an interrupt that this process ignores is not ignored by it.</summary>
    public static Process Start(params string[] arguments) => StartProgram("env", ["--default-signal=INT", "dotnet", Dll, .. arguments]);

    /// <summary>Sends a signal: INT, as Ctrl-C does, or TERM.</summary>
    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public static Outcome End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(Seconds)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end in {Seconds} s.");
        }

        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    public static Process StartProgram(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repo.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
