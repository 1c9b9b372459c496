using System.Diagnostics;

namespace FineTune.Tests.Cli;

/// <summary>The command line as a process of its own.</summary>
internal static class CommandLine
{
    /// <summary>Starts `finetune`; a signal that this process ignores is not ignored by it.</summary>
    public static Process Start(params IEnumerable<string> arguments)
    {
        string[] all = ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "FineTune.Cli.dll"), .. arguments];
        return Process.Start(new ProcessStartInfo("env", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Waits for its end.</summary>
    public static (int Code, string Out, string Error) End(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs it to its end.</summary>
    public static (int Code, string Out, string Error) Run(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        return End(process);
    }

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public static void Interrupt(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
