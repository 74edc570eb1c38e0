using SandboxOperator.Gateway.Console.Charts;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Where the time of a run went: waiting, asking the model, running code.</summary>
internal static class RunWaterfall
{
    /// <param name="rows">The run.</param>
    /// <param name="totalMs">How long it took, or has taken so far.</param>
    public static Waterfall Of(RunRows rows, long totalMs)
    {
        var run = rows.Run;
        var bars = new List<WaterfallBar>();
        if (run.StartedAtMs is { } started)
        {
            bars.Add(new WaterfallBar("Waiting", "queue", 0, started - run.CreatedAtMs, []));
        }

        var calls = rows.Calls.Values.OrderBy(call => call.CreatedAtMs).ToList();
        var before = run.StartedAtMs ?? run.CreatedAtMs;
        foreach (var turn in rows.Turns)
        {
            bars.Add(Turn(turn, turn.StartedAtMs ?? AfterCalls(calls, turn, before), run.CreatedAtMs));
            before = turn.CreatedAtMs;
        }

        bars.AddRange(calls.Select((call, index) => Call(call, index + 1, run.CreatedAtMs, totalMs)));
        return Waterfall.Of(totalMs, bars);
    }

    /// <summary>Rows of earlier versions do not say when the model was asked: when the calls before had ended.</summary>
    private static long AfterCalls(List<CallEntity> calls, TurnEntity turn, long before) =>
        calls
            .Where(call => call.EndedAtMs <= turn.CreatedAtMs)
            .Select(call => call.EndedAtMs!.Value)
            .Append(before)
            .Max();

    private static WaterfallBar Turn(TurnEntity turn, long start, long origin)
    {
        var length = turn.CreatedAtMs - start;
        var first = turn.FirstTokenAtMs - start;
        return new WaterfallBar(
            $"Model {turn.Index + 1}",
            "model",
            start - origin,
            length,
            first is > 0 && first < length ? [("first", first.Value), ("model", length - first.Value)] : []
        );
    }

    /// <summary>A call's sandbox is fetched while the model still writes: that part lies before the call.</summary>
    private static WaterfallBar Call(CallEntity call, int number, long origin, long totalMs)
    {
        var kind = call.Status is null or Api.Agent.CallStatuses.Ok ? "call" : "failed";
        var length = (call.EndedAtMs ?? origin + totalMs) - call.CreatedAtMs;
        var claim = (long)(call.ClaimMs ?? 0);
        var connect = (long)(call.ConnectMs ?? 0);
        return claim + connect <= 0
            ? new WaterfallBar($"Call {number}", kind, call.CreatedAtMs - origin, length, [])
            : new WaterfallBar(
                $"Call {number}",
                kind,
                call.CreatedAtMs - origin - claim - connect,
                length + claim + connect,
                [("claim", claim), ("connect", connect), (kind, length)]
            );
    }
}
