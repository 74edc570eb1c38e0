namespace SandboxOperator.Gateway.Console.Charts;

/// <summary>One row of a waterfall.</summary>
/// <param name="Label">What took the time.</param>
/// <param name="Kind">A class of the style sheet: <c>queue</c>, <c>model</c> or <c>call</c>.</param>
/// <param name="StartMs">From the beginning of the run.</param>
/// <param name="LengthMs">How long.</param>
/// <param name="Parts">Parts of it, one behind the other: kind and milliseconds. Empty for a bar of one piece.</param>
public sealed record WaterfallBar(
    string Label,
    string Kind,
    long StartMs,
    long LengthMs,
    IReadOnlyList<(string Kind, long Ms)> Parts
);
