using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>
/// Sandboxes on this machine. Each is an agent outside and a bubblewrap container inside, both of which outlive a
/// gateway that is killed: the next one adopts them. A clean stop ends them and keeps the sessions' files.
/// </summary>
internal sealed partial class LocalSandboxes : ISandboxes, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly LocalSandboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LocalSandboxes> _logger;
    private readonly SandboxMetrics _metrics;
    private readonly LocalChecks _checks;
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private DirectoryLock? _lock;
    private Installation? _installation;
    private volatile Backend? _backend;
    private Task _upkeep = Task.CompletedTask;

    public LocalSandboxes(
        IOptions<LocalSandboxOptions> options,
        TimeProvider time,
        ILogger<LocalSandboxes> logger,
        SandboxMetrics metrics
    )
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _checks = new LocalChecks(_options, time);
    }

    /// <summary>Whether the next new session would get a warm sandbox.</summary>
    public bool IsWarm => _backend?.IsWarm == true;

    /// <summary>
    /// Takes the directory, adopts what an earlier gateway left, and begins to keep warm sandboxes. A machine that
    /// lacks something does not stop the gateway: checks and every attempt to open a sandbox say what it lacks.
    /// </summary>
    /// <exception cref="IOException">Another gateway manages the same directory.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BackendAsync(cancellationToken);
        }
        catch (SandboxUnavailableException exception)
        {
            Log.Unavailable(_logger, exception.Message);
        }
    }

    /// <summary>Ends every process. The files of sessions stay; their next sandbox continues over them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _upkeep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (await _starting.WaitAsync(_options.StartTimeout))
        {
            await (_backend?.StopAllAsync() ?? Task.CompletedTask);
            _installation?.Limits.RemoveParents();
            _starting.Release();
        }

        _lock?.Dispose();
        _checks.Dispose();
    }

    public async ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken) =>
        await (_backend ?? await BackendAsync(cancellationToken)).ReserveAsync(session);

    public async Task<ISandbox> OpenAsync(SessionKey session, CancellationToken cancellationToken)
    {
        var backend = _backend ?? await BackendAsync(cancellationToken);
        if (backend.Running(session) is { } running)
        {
            return running;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await backend.OpenAsync(session, stop.Token);
    }

    public async Task EndAsync(SessionKey session, CancellationToken cancellationToken) =>
        await (_backend ?? await BackendAsync(cancellationToken)).EndAsync(session, "ended");

    public async ValueTask<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellationToken) =>
        (_backend ?? await BackendAsync(cancellationToken)).List();

    public async ValueTask<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var machine = await _checks.MachineAsync(cancellationToken);
        try
        {
            var backend = _backend ?? await BackendAsync(cancellationToken);
            var status = backend.AnyStatus();
            return
            [
                .. machine,
                .. EnforcementChecks.Limits(_options, _installation!.Limits, status),
                .. EnforcementChecks.Isolation(status),
                backend.Capacity(),
            ];
        }
        catch (Exception exception) when (exception is SandboxUnavailableException or InvalidOperationException)
        {
            return [.. machine, new SandboxCheck("sandboxes", Ok: false, exception.Message)];
        }
    }

    private async Task<Backend> BackendAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                throw new SandboxUnavailableException("The gateway is shutting down.");
            }

            return _backend ??= await PrepareAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Backend> PrepareAsync()
    {
        // 1. The directory, alone.
        var directory = Installation.DirectoryOf(_options);
        Installation.CreateDirectory(directory);
        _lock ??= DirectoryLock.Take(directory);

        // 2. The machine.
        _installation = await Installation.PrepareAsync(directory, _options, _time);

        // 3. What an earlier gateway left.
        var boxes = new Boxes(_installation, _options, _time, _logger);
        var ended = new EndedSessions($"{directory}/ended");
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var most = Admission.Most(_options.MaxSandboxes, memory, _options.MemoryBytes);
        var table = new SessionTable(most, _options.IdleTimeout, ended, _time);
        var warm = new WarmPool(boxes, _options, _time, _logger);
        var backend = new Backend(boxes, table, warm, _options, _time, _metrics, _logger);
        await backend.AdoptAsync(ended);
        if (backend.IsIdle)
        {
            RuntimeFolder.DeleteOthers(_installation.Runtime);
        }

        // 4. From now on, time passes.
        _upkeep = Task.Run(() => backend.KeepUpAsync(Beat, _stopping.Token), CancellationToken.None);
        return backend;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Code cannot run on this machine yet. {Problem}")]
        public static partial void Unavailable(ILogger logger, string problem);
    }
}
