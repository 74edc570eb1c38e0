using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>What a present server and a present kubectl make of the definitions: tables, names, subresources.</summary>
public sealed class ServedTests(ModernCluster cluster) : IClassFixture<ModernCluster>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await ModernCluster.SkipWithoutRulesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_table_shows_what_people_want_to_know()
    {
        await CreateAsync("SandboxSession", "table", """{"threadId": "thread_1"}""");
        await StatusAsync(
            "SandboxSession",
            "table",
            """
            {
              "phase": "Ready", "launch": "Warm", "expiresAt": "2030-01-02T03:04:05Z",
              "podRef": {"name": "pod-1", "uid": "1"},
              "conditions": [
                {"type": "Ready", "status": "True", "reason": "Ready", "message": "code can run", "lastTransitionTime": "2030-01-02T03:04:05Z"},
                {"type": "NetworkIsolated", "status": "True", "reason": "Tried", "message": "no way out", "lastTransitionTime": "2030-01-02T03:04:05Z"}
              ]
            }
            """
        );
        (await TableAsync("sbx", "table")).ShouldBe([
            "NAME",
            "PHASE",
            "THREAD",
            "RUNTIME",
            "LAUNCH",
            "ISOLATED",
            "AGE",
            "EXPIRES",
        ]);
        (await RowAsync("sbx", "table")).ShouldBe([
            "table",
            "Ready",
            "thread_1",
            "default",
            "Warm",
            "True",
            "AGE",
            "2030-01-02T03:04:05Z",
        ]);
        (await TableAsync("sbx", "table", "--output=wide")).TakeLast(2).ShouldBe(["POD", "MESSAGE"]);
        (await RowAsync("sbx", "table", "--output=wide")).TakeLast(2).ShouldBe(["pod-1", "code can run"]);

        await CreateAsync("SandboxRuntime", "table", """{"image": "runtime:test", "acceptSessions": false}""");
        (await TableAsync("sbr", "table")).ShouldBe(["NAME", "READY", "IMAGE", "ACCEPTS", "AGE"]);
        (await RowAsync("sbr", "table")).ShouldBe(["table", "", "runtime:test", "false", "AGE"]);

        await CreateAsync("SandboxPool", "table", """{"replicas": 3}""");
        await StatusAsync("SandboxPool", "table", """{"replicas": 2, "readyReplicas": 1}""");
        (await TableAsync("sbp", "table")).ShouldBe(["NAME", "RUNTIME", "DESIRED", "CURRENT", "READY", "AGE"]);
        (await RowAsync("sbp", "table")).ShouldBe(["table", "default", "3", "2", "1", "AGE"]);
    }

    [Fact]
    public async Task Kinds_have_short_names_and_a_category()
    {
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sbx"] = "sandboxsession",
            ["sbr"] = "sandboxruntime",
            ["sbp"] = "sandboxpool",
        };
        await CreateAsync("SandboxSession", "named", "{}");
        await CreateAsync("SandboxRuntime", "named", """{"image": "runtime:test"}""");
        await CreateAsync("SandboxPool", "named", "{}");
        var all = await cluster.RunAsync("get", "sandbox", "--output=name");
        foreach (var (shortName, kind) in kinds)
        {
            var name = $"{kind}.sandboxoperator.dev/named";
            (await cluster.RunAsync("get", shortName, "named", "--output=name")).Trim().ShouldBe(name);
            all.ShouldContain(name);
        }
    }

    [Fact]
    public async Task A_status_is_written_apart_from_the_spec()
    {
        var text = JsonNode.Parse(cluster.Object("SandboxSession", "apart", []))!;
        text["status"] = new JsonObject { ["phase"] = "Made up" };
        await Kubectl.ApplyAsync(text.ToJsonString());
        var made = await cluster.GetAsync("sbx", "apart");
        made["status"].ShouldBeNull();

        await PatchAsync("""{"spec": {"suspend": true}, "status": {"phase": "Ready"}}""", "--subresource=status");
        var written = await cluster.GetAsync("sbx", "apart");
        written["status"]!["phase"]!.GetValue<string>().ShouldBe("Ready");
        written["spec"]!["suspend"]!.GetValue<bool>().ShouldBeFalse();
        Generation(written).ShouldBe(Generation(made));

        await PatchAsync("""{"spec": {"suspend": true}, "status": {"phase": "Made up"}}""");
        var changed = await cluster.GetAsync("sbx", "apart");
        changed["status"]!["phase"]!.GetValue<string>().ShouldBe("Ready");
        Generation(changed).ShouldBe(Generation(made) + 1);

        Task PatchAsync(string patch, params string[] options) =>
            cluster.RunAsync(["patch", "sbx", "apart", "--type=merge", "--patch", patch, .. options]);
        static long Generation(JsonObject session) => session["metadata"]!["generation"]!.GetValue<long>();
    }

    [Fact]
    public async Task A_pool_is_scaled()
    {
        await CreateAsync("SandboxPool", "scaled", """{"replicas": 1}""");
        await StatusAsync("SandboxPool", "scaled", """{"replicas": 1, "selector": "a=b"}""");
        await cluster.RunAsync("scale", "sbp/scaled", "--current-replicas=1", "--replicas=4");
        (await cluster.GetAsync("sbp", "scaled"))["spec"]!["replicas"]!.GetValue<int>().ShouldBe(4);

        // What an autoscaler reads.
        var scale = JsonNode.Parse(
            await cluster.RunAsync("get", "sbp", "scaled", "--subresource=scale", "--output=json")
        )!;
        scale["spec"]!["replicas"]!.GetValue<int>().ShouldBe(4);
        scale["status"]!["replicas"]!.GetValue<int>().ShouldBe(1);
        scale["status"]!["selector"]!.GetValue<string>().ShouldBe("a=b");

        var (status, _, error) = await Kubectl.TryAsync(
            null,
            "--namespace",
            cluster.Space,
            "scale",
            "sbp/scaled",
            "--replicas=10001"
        );
        status.ShouldNotBe(0);
        error.ShouldContain("spec.replicas");
    }

    private Task CreateAsync(string kind, string name, string spec) =>
        Kubectl.ApplyAsync(cluster.Object(kind, name, JsonNode.Parse(spec)!.AsObject()));

    private Task StatusAsync(string kind, string name, string status) =>
        cluster.RunAsync(
            "patch",
            kind,
            name,
            "--subresource=status",
            "--type=merge",
            "--patch",
            $$"""{"status": {{status}}}"""
        );

    private async Task<IReadOnlyList<string>> TableAsync(string kind, string name, params string[] options) =>
        [.. (await CellsAsync(kind, name, options)).Select(cell => cell.Column)];

    /// <summary>A row, in which the age is not said.</summary>
    private async Task<IReadOnlyList<string>> RowAsync(string kind, string name, params string[] options) =>
        [.. (await CellsAsync(kind, name, options)).Select(cell => cell.Column == "AGE" ? "AGE" : cell.Text)];

    /// <summary>A column is as wide as its head and the blanks behind it.</summary>
    private async Task<IEnumerable<(string Column, string Text)>> CellsAsync(
        string kind,
        string name,
        params string[] options
    )
    {
        var lines = (await cluster.RunAsync(["get", kind, name, .. options])).Split('\n');
        var head = lines[0];
        var starts = Enumerable
            .Range(0, head.Length)
            .Where(index => head[index] != ' ' && (index == 0 || head[index - 1] == ' '))
            .ToList();
        return starts.Select(
            (start, index) =>
            {
                var end = index + 1 < starts.Count ? starts[index + 1] : int.MaxValue;
                return (Cut(head), Cut(lines[1]));

                string Cut(string line) => line[Math.Min(start, line.Length)..Math.Min(end, line.Length)].Trim();
            }
        );
    }
}
