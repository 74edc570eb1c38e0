using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>A sandbox in memory.</summary>
internal sealed class FakeSandbox(SessionKey session, FakePython python, TimeProvider clock) : ISandbox
{
    private readonly ConcurrentDictionary<string, FakeCall> _calls = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _epoch;

    public SessionInfo Info =>
        new(
            session,
            SessionState.Running,
            SandboxLaunch.Warm,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );

    public SandboxOpening Opening { get; } =
        new(DateTimeOffset.MaxValue, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(4));

    public string Incarnation { get; private set; } = Guid.NewGuid().ToString("N");

    /// <summary>The beginning or the end of the last call.</summary>
    public DateTimeOffset LastActivityAt { get; private set; } = clock.GetUtcNow();

    public string VolumeId { get; } = Guid.NewGuid().ToString("N");

    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, string> Aliases { get; } = new(StringComparer.Ordinal);

    public FakePython Python { get; } = python;

    /// <summary>The code of each call that was executed, in order; a call executed twice is there twice.</summary>
    public ConcurrentQueue<string> Executed { get; } = new();

    /// <summary>Completes when a call hangs.</summary>
    public TaskCompletionSource Hanging { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The agent is started anew: variables and calls are gone, files stay.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            Incarnation = Guid.NewGuid().ToString("N");
            foreach (var call in _calls.Values)
            {
                call.Lose();
            }
            _calls.Clear();
        }
    }

    public async IAsyncEnumerable<CallEvent> RunAsync(
        CallRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        FakeCall call;
        if (Python.RunFails is { } failure)
        {
            throw failure;
        }
        LastActivityAt = clock.GetUtcNow();
        lock (_lock)
        {
            if (request.Incarnation != Incarnation)
            {
                throw new CallRefusedException("Another incarnation.", AgentErrorCodes.IncarnationMismatch);
            }
            if (request.Epoch < _epoch)
            {
                throw new CallRefusedException("A newer owner was here.", AgentErrorCodes.EpochFenced);
            }
            if (request.Code == "too long")
            {
                throw new CallRefusedException("The request is too long.", AgentErrorCodes.InvalidRequest);
            }
            _epoch = request.Epoch;
            if (!_calls.TryGetValue(request.Id, out call!))
            {
                if (_calls.Values.Any(other => !other.HasEnded))
                {
                    throw new CallRefusedException("Another call runs.", AgentErrorCodes.Busy);
                }
                call = new FakeCall(request.Code);
                _calls[request.Id] = call;
                Executed.Enqueue(request.Code);
                _ = ExecuteAsync(call);
            }
            else if (call.Code != request.Code)
            {
                throw new CallRefusedException("The id was used.", AgentErrorCodes.CallIdReused);
            }
        }
        for (var index = 0; ; index++)
        {
            var item = await call.GetAsync(index, cancellationToken);
            if (item is null)
            {
                throw new SandboxLostException("The sandbox is gone.");
            }
            LastActivityAt = clock.GetUtcNow();
            yield return item;
            if (item is CallDone)
            {
                yield break;
            }
        }
    }

    public Task InterruptAsync(string callId, CancellationToken cancellationToken)
    {
        if (_calls.TryGetValue(callId, out var call))
        {
            call.Interrupted.TrySetResult();
        }
        return Task.CompletedTask;
    }

    /// <summary>Interrupts whatever runs.</summary>
    public async Task InterruptAllAsync()
    {
        foreach (var id in _calls.Keys)
        {
            await InterruptAsync(id, CancellationToken.None);
        }
    }

    public async Task PutFileAsync(
        string path,
        Stream content,
        long? length,
        string? alias,
        CancellationToken cancellationToken
    )
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        if (bytes.Length != length)
        {
            throw new InvalidOperationException("The length is wrong.");
        }
        Files[path] = bytes.ToArray();
        if (alias is not null)
        {
            Aliases[alias] = path;
        }
    }

    public Task<SandboxFile?> OpenFileAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(
            Files.TryGetValue(path, out var bytes) ? new SandboxFile(path, bytes.Length, new MemoryStream(bytes)) : null
        );

    public Task<FileList> ListFilesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new FileList([.. Files.Select(file => new FileEntry(file.Key, file.Value.Length, 0))], false));

    public Task DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        Files.TryRemove(path, out _);
        return Task.CompletedTask;
    }

    public Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            new AgentStatus
            {
                Incarnation = Incarnation,
                Version = "fake",
                Ready = true,
            }
        );

    private async Task ExecuteAsync(FakeCall call)
    {
        call.Add(new CallStarted());
        var status = CallStatuses.Ok;
        foreach (var line in call.Code.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line)
            {
                case "hang":
                    Hanging.TrySetResult();
                    await call.Interrupted.Task;
                    Hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    call.Add(new CallDone { Status = CallStatuses.Interrupted });
                    return;
                case "die":
                    call.Add(
                        new CallDone
                        {
                            Status = CallStatuses.Killed,
                            Message = "killed: out of memory (512 MiB); variables are lost",
                            StateLost = true,
                        }
                    );
                    return;
                case "lose":
                    Restart();
                    return;
            }
            foreach (var item in FakePython.Run(this, line))
            {
                call.Add(item);
                status = item is CallError ? CallStatuses.Error : status;
            }
        }
        call.Add(new CallDone { Status = status });
    }
}
