using System.Collections.Concurrent;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>The turns that rest, by name.</summary>
internal sealed class ScriptedHolds : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _releases = new(StringComparer.Ordinal);

    public Task WaitAsync(ScriptedHold hold, CancellationToken token) => Releases(hold.Name).WaitAsync(token);

    public void Release(string name) => Releases(name).Release();

    public void Dispose()
    {
        foreach (var releases in _releases.Values)
        {
            releases.Dispose();
        }
    }

    private SemaphoreSlim Releases(string name) => _releases.GetOrAdd(name, _ => new SemaphoreSlim(0));
}
