using SandboxOperator.Api.Agent;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>A call with its events, which any number of readers may follow from the first.</summary>
internal sealed class FakeCall(string code)
{
    private readonly Lock _lock = new();
    private readonly List<CallEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _lost;

    public string Code { get; } = code;

    public TaskCompletionSource Interrupted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _lost || _events is [.., CallDone];
            }
        }
    }

    public void Add(CallEvent item) => Change(() => _events.Add(item));

    public void Lose()
    {
        Change(() => _lost = true);
        Interrupted.TrySetResult();
    }

    /// <summary>The event at an index; null when the sandbox was lost.</summary>
    public async Task<CallEvent?> GetAsync(int index, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_lost)
                {
                    return null;
                }
                if (index < _events.Count)
                {
                    return _events[index];
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }
}
