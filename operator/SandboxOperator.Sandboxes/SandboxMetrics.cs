using System.Diagnostics.Metrics;

namespace SandboxOperator.Sandboxes;

/// <summary>What is counted, on the meter <see cref="MeterName"/>.</summary>
internal sealed class SandboxMetrics : IDisposable
{
    public const string MeterName = "SandboxOperator.Sandboxes";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _opened;
    private readonly Counter<long> _stopped;
    private readonly Histogram<double> _openSeconds;

    public SandboxMetrics()
    {
        _opened = _meter.CreateCounter<long>("sandbox_opened", description: "Sandboxes given to sessions, by launch.");
        _stopped = _meter.CreateCounter<long>("sandbox_stopped", description: "Sandboxes stopped, by reason.");
        _openSeconds = _meter.CreateHistogram<double>("sandbox_open", "s", "Time until a session had its sandbox.");
    }

    public void Opened(SandboxLaunch launch, TimeSpan took)
    {
        var tag = KeyValuePair.Create<string, object?>("launch", launch == SandboxLaunch.Warm ? "warm" : "cold");
        _opened.Add(1, tag);
        _openSeconds.Record(took.TotalSeconds, tag);
    }

    public void Stopped(string reason) => _stopped.Add(1, KeyValuePair.Create<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
