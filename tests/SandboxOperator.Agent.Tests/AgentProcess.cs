using System.Diagnostics;
using SandboxOperator.Testing;

namespace SandboxOperator.Agent.Tests;

/// <summary>One run of the native program to its end.</summary>
internal static class AgentProcess
{
    public static async Task<(int Code, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(await AgentBinary.PathAsync(), arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
