using System.Diagnostics;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>Runs short commands of this machine with a deadline and an empty environment.</summary>
internal static class Command
{
    private const int MostOutput = 64 << 10;

    /// <summary>Starts a command without waiting for it.</summary>
    public static Process Start(IReadOnlyList<string> command, Action<ProcessStartInfo>? configure = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        configure?.Invoke(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    /// <summary>Runs a command to its end. A command that is not there or takes too long has failed.</summary>
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> command,
        TimeSpan longest,
        TimeProvider time,
        Action<ProcessStartInfo>? configure = null
    )
    {
        using var deadline = new CancellationTokenSource(longest, time);
        Process process;
        try
        {
            process = Start(
                command,
                start =>
                {
                    start.RedirectStandardOutput = true;
                    start.RedirectStandardError = true;
                    configure?.Invoke(start);
                }
            );
        }
        catch (Exception exception)
            when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return new CommandResult(false, exception.Message);
        }

        using (process)
        {
            try
            {
                var error = ReadAsync(process.StandardError, deadline.Token);
                var output = await ReadAsync(process.StandardOutput, deadline.Token);
                await process.WaitForExitAsync(deadline.Token);
                return new CommandResult(process.ExitCode == 0, (output + await error).Trim());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new CommandResult(false, $"{command[0]} took longer than {longest.TotalSeconds} s");
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[MostOutput];
        var read = await reader.ReadBlockAsync(buffer, cancellationToken);
        var rest = new char[4096];
        while (await reader.ReadAsync(rest, cancellationToken) > 0)
        {
            // Read to the end so that the command is not stopped by a full pipe.
        }

        return new string(buffer, 0, read);
    }
}
