using System.Diagnostics;
using SandboxOperator.Kube;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Counts the reconciles of one object by a controller of this process, by their spans.</summary>
internal sealed class CountedReconciles : IDisposable
{
    private readonly ActivityListener _listener;
    private int _count;

    public CountedReconciles(string controller, ObjectKey key)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KubeTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (
                    span.OperationName == $"reconcile {controller}"
                    && (string?)span.GetTagItem("sandbox.object") == key.ToString()
                )
                {
                    Interlocked.Increment(ref _count);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
