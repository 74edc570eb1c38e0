using System.Diagnostics;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    public static async Task<(int Status, string Output, string Error)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input,
        TimeSpan deadline
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        using var stop = new CancellationTokenSource(deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop.Token);
            var error = process.StandardError.ReadToEndAsync(stop.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), stop.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(stop.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)}", exception);
        }
    }
}
