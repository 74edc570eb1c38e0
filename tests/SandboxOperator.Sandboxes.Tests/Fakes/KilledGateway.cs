using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;

namespace SandboxOperator.Sandboxes.Tests.Fakes;

/// <summary>A gateway in a process of its own, which a test kills. The process is this program, told so by a variable.</summary>
internal static class KilledGateway
{
    private const string Variable = "SANDBOX_TEST_GATEWAY";
    private const string Ready = "ready ";

    /// <summary>Starts a gateway, opens a session in it, kills it.</summary>
    /// <returns>The incarnation that the killed gateway saw.</returns>
    public static async Task<string> RunAsync(
        string directory,
        SessionKey key,
        string? agent,
        int warm,
        string? code = null
    )
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = string.Join('|', directory, key.Project, key.ThreadId, agent, warm, code);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(LocalMachine.Patience);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(deadline.Token);
            return line?.StartsWith(Ready, StringComparison.Ordinal) == true
                ? line[Ready.Length..]
                : throw new InvalidOperationException(
                    $"{line}\n{await process.StandardError.ReadToEndAsync(deadline.Token)}"
                );
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(deadline.Token);
        }
    }

    // Runs before the tests would. Nothing of this assembly may run on another thread until it returns, which it does
    // not: so it waits for each thing where it stands.
    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not { } told)
        {
            return;
        }

        var options = LocalMachine.Fake(told[0]);
        if (told[3].Length > 0)
        {
            options.AgentPath = told[3];
            options.KernelPath = null;
            options.PythonPath = "/usr/bin/python3";
        }

        options.Warm = int.Parse(told[4]);
        var gateway = new LocalSandboxes(
            Options.Create(options),
            TimeProvider.System,
            NullLogger<LocalSandboxes>.Instance,
            new SandboxMetrics()
        );
        gateway.StartAsync(default).GetAwaiter().GetResult();
        var key = new SessionKey(told[1], told[2], 1);
        var sandbox = gateway.OpenAsync(key, default).GetAwaiter().GetResult();
        sandbox
            .PutFileAsync("kept.txt", new MemoryStream("kept"u8.ToArray()), 4, null, default)
            .GetAwaiter()
            .GetResult();
        if (told[5].Length > 0)
        {
            var request = new CallRequest
            {
                Id = "of_killed",
                Code = told[5],
                Incarnation = sandbox.Incarnation,
            };
            var events = sandbox.RunAsync(request, default).GetAsyncEnumerator();
            while (events.MoveNextAsync().AsTask().GetAwaiter().GetResult())
            {
                // Only that it ran matters.
            }
        }

        while (options.Warm > 0 && !gateway.IsWarm)
        {
            Thread.Yield();
        }

        Console.WriteLine(Ready + sandbox.Incarnation);
        new ManualResetEvent(false).WaitOne();
    }
}
