using System.Text.Json.Nodes;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>What a rule lets through, and what it refuses, with the object's spec before.</summary>
/// <param name="Kind">The kind that has the rule.</param>
/// <param name="Path">Where the rule is.</param>
/// <param name="Message">What the server says when it is broken.</param>
internal sealed record RuleCase(string Kind, string Path, string Message)
{
    private const string Cpu = "only cpu and memory may be given: sandboxes get no devices";

    /// <summary>The spec of the object that is changed.</summary>
    public string Before { get; private init; } = "{}";

    /// <summary>Specs that are accepted in its place, one after the other.</summary>
    public IReadOnlyList<string> Accepted { get; private init; } = [];

    /// <summary>Specs that are refused in its place.</summary>
    public IReadOnlyList<string> Refused { get; private init; } = [];

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Same("SandboxSession", "spec.project", "project cannot change; create another session") with
        {
            Before = """{"project": "one"}""",
            Accepted = ["""{"project": "one", "suspend": true}"""],
            Refused = ["""{"project": "two"}""", """{"project": "One"}"""],
        },
        Same("SandboxSession", "spec", "threadId cannot change; create another session") with
        {
            Accepted = ["""{"threadId": "thread_1"}""", """{"threadId": "thread_1", "suspend": true}"""],
            Refused = ["""{"threadId": "thread_2"}""", "{}"],
        },
        Same("SandboxSession", "spec.runtimeRef", "runtimeRef cannot change; create another session") with
        {
            Accepted = ["""{"runtimeRef": {"name": "default"}}"""],
            Refused = ["""{"runtimeRef": {"name": "other"}}"""],
        },
        Same("SandboxPool", "spec.runtimeRef", "runtimeRef cannot change; create another pool") with
        {
            Before = """{"runtimeRef": {"name": "mine"}}""",
            Accepted = ["""{"runtimeRef": {"name": "mine"}, "replicas": 3}"""],
            Refused = ["""{"runtimeRef": {"name": "default"}}""", """{"replicas": 3}"""],
        },
        Duration("SandboxSession", "idleTimeout", "idleTimeout must lie between 1s and 168h") with
        {
            Accepted = Specs("idleTimeout", "1s", "1.5h", "1h30m", "168h", "1000ms"),
            Refused = Specs("idleTimeout", "0s", "999ms", "168h1ms", "9999h", "999999999h", "5x"),
        },
        Duration("SandboxSession", "maxLifetime", "maxLifetime must lie between 1s and 8760h") with
        {
            Accepted = Specs("maxLifetime", "1s", "8760h"),
            Refused = Specs("maxLifetime", "0h", "8760h1s"),
        },
        Duration("SandboxSession", "ttlAfterExpired", "ttlAfterExpired must not exceed 8760h") with
        {
            Accepted = Specs("ttlAfterExpired", "0s", "8760h"),
            Refused = Specs("ttlAfterExpired", "8760h1ms"),
        },
        Same("SandboxRuntime", "spec.limits.callTimeout", "callTimeout must lie between 1s and 24h") with
        {
            Accepted = Runtimes("limits", "callTimeout", "1s", "24h"),
            Refused = Runtimes("limits", "callTimeout", "0s", "24h1s"),
        },
        Same("SandboxRuntime", "spec.limits.startTimeout", "startTimeout must lie between 1s and 1h") with
        {
            Accepted = Runtimes("limits", "startTimeout", "1s", "60m"),
            Refused = Runtimes("limits", "startTimeout", "999ms", "61m"),
        },
        Resources("requests"),
        Resources("limits"),
    ];

    private static RuleCase Same(string kind, string path, string message) =>
        kind == "SandboxRuntime"
            ? new(kind, path, message) { Before = """{"image": "runtime:test"}""" }
            : new RuleCase(kind, path, message);

    private static RuleCase Duration(string kind, string field, string message) => Same(kind, $"spec.{field}", message);

    private static RuleCase Resources(string part) =>
        Same("SandboxRuntime", $"spec.resources.{part}", Cpu) with
        {
            Accepted =
            [
                Resource(part, """{"cpu": "1", "memory": "1Gi"}"""),
                Resource(part, """{"memory": "512Mi"}"""),
                Resource(part, "{}"),
            ],
            Refused =
            [
                Resource(part, """{"cpu": "1", "nvidia.com/gpu": "1"}"""),
                Resource(part, """{"amd.com/gpu": "1"}"""),
                Resource(part, """{"ephemeral-storage": "1Gi"}"""),
            ],
        };

    private static string Resource(string part, string amounts) =>
        $$$"""{"image": "runtime:test", "resources": {"{{{part}}}": {{{amounts}}}}}""";

    private static string[] Specs(string field, params string[] values) =>
        [.. values.Select(value => new JsonObject { [field] = value }.ToJsonString())];

    private static string[] Runtimes(string group, string field, params string[] values) =>
        [
            .. values.Select(value =>
                new JsonObject
                {
                    ["image"] = "runtime:test",
                    [group] = new JsonObject { [field] = value },
                }.ToJsonString()
            ),
        ];
}
