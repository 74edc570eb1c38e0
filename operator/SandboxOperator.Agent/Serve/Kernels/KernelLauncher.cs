using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Starts the command that holds the kernel side, and ends it with everything it started.</summary>
internal sealed partial class KernelLauncher : IDisposable
{
    private static readonly TimeSpan s_killDeadline = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _command;
    private readonly ILogger _logger;
    private readonly BlockingCollection<Action> _work = [];
    private Process? _process;
    private LaunchOutput? _output;

    public KernelLauncher(IReadOnlyList<string> command, ILogger logger)
    {
        (_command, _logger) = (command, logger);
        // A thread that lives as long as the agent: a child that asked to die with its parent (bwrap
        // --die-with-parent) dies with the thread that started it, and threads of the pool end when idle.
        new Thread(Work) { IsBackground = true, Name = "launcher" }.Start();
    }

    /// <summary>Completes when the command ends.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the command.</summary>
    /// <exception cref="InvalidOperationException">It cannot be started.</exception>
    public void Start()
    {
        var started = new TaskCompletionSource<Process>();
        _work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(StartInfo())!);
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                started.SetException(new InvalidOperationException($"{_command[0]}: {e.Message}", e));
            }
        });
        _process = started.Task.GetAwaiter().GetResult();
        _process.StandardInput.Close();
        _output = new LaunchOutput(_process, _logger);
        Ended = _process.WaitForExitAsync();
        Log.Launched(_logger, _process.Id);
    }

    /// <summary>Kills the command's processes if they still run.</summary>
    /// <returns>How the command ended and its last line, or null when it was not running.</returns>
    public async Task<string?> StopAsync()
    {
        if (_process is null)
        {
            return null;
        }

        using var process = _process;
        var endedItself = process.HasExited;
        if (!endedItself)
        {
            process.Kill(entireProcessTree: true);
        }

        await Task.WhenAll(Ended, _output!.Ended)
            .WaitAsync(s_killDeadline)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Ended.IsCompleted)
        {
            Log.NotKilled(_logger, process.Id);
        }

        var lastLine = _output.LastLine;
        _process = null;
        var ending = endedItself ? $"ended with status {process.ExitCode}" : "did not get ready and was killed";
        return $"the launch command {ending}" + (lastLine is null ? "" : $": {lastLine}");
    }

    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    private ProcessStartInfo StartInfo() =>
        new(_command[0], _command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The kernel side is launched as process {ProcessId}")]
        public static partial void Launched(ILogger logger, int processId);

        [LoggerMessage(LogLevel.Error, "Process {ProcessId} of the kernel side was killed and does not end")]
        public static partial void NotKilled(ILogger logger, int processId);
    }
}
