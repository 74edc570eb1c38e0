using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>One turn to ask for.</summary>
/// <param name="Model">The upstream's name of the model, after aliases.</param>
/// <param name="Body">
/// The Chat Completions request without <c>model</c>, <c>stream</c> and <c>stream_options</c>: messages, tools and
/// only such settings as the caller made.
/// </param>
/// <param name="Deadline">When the run ends; no repeat starts after it.</param>
internal sealed record ModelRequest(string Model, JsonObject Body, DateTimeOffset Deadline)
{
    /// <summary>
    /// What the last answer used that began and broke off; null when none did, or a later one is whole. Upstreams charge for what
    /// they have written, whether anybody reads it to the end.
    /// </summary>
    public ModelUsage? BrokenOff { get; set; }
}
