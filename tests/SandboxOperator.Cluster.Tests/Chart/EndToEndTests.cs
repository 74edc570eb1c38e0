using System.Text.Json;
using k8s.Models;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The whole product on a real cluster, used from outside by an SDK that knows nothing of it.</summary>
public sealed class EndToEndTests(InstalledProduct chart) : IClassFixture<InstalledProduct>
{
    private const string Lost = "variables and imports of earlier code were lost";

    [Fact]
    public async Task Ten_threads_of_an_unmodified_SDK_get_their_numbers_and_charts_at_once()
    {
        await using var door = await PortForward.OpenAsync(chart.Namespace, "service/sandbox-gateway", 80);
        var answers = await AskAsync(door, threads: 10);
        answers.Count.ShouldBe(10);
        foreach (var (index, answer) in answers.Index())
        {
            answer.GetProperty("status").GetString().ShouldBe("completed", answer.ToString());
            answer.GetProperty("text").GetString()!.ShouldContain($"sold {42 + index}\n");
            answer.GetProperty("pictures").GetArrayLength().ShouldBe(1);
            answer.GetProperty("pictures")[0].GetInt32().ShouldBeGreaterThan(1000);
        }

        answers.Select(answer => answer.GetProperty("thread").GetString()).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public async Task A_thread_goes_on_in_a_new_session_when_its_own_has_ended_unused()
    {
        await using var door = await PortForward.OpenAsync(chart.Namespace, "service/sandbox-gateway", 80);
        using var gateway = new GatewayClient(door.Address, InstalledChart.ApiKey);
        var thread = await gateway.CreateThreadAsync();
        (await gateway.RunAsync(thread, "kept = 42; print(kept)")).ShouldContain("42");
        var first = await SessionOfAsync(thread);
        var pod = new ObjectKey(chart.Sandboxes, first.Status!.PodRef!.Name);

        await Kubectl.RunAsync([
            "--namespace",
            chart.Sandboxes,
            "patch",
            "sbx",
            first.Metadata.Name,
            "--type=merge",
            """--patch={"spec": {"idleTimeout": "2s"}}""",
        ]);
        await Eventually.FindAsync<SandboxSession>(
            ObjectKey.Of(first),
            session => session.Status?.Phase == SessionPhases.Expired,
            "has expired"
        );
        await Eventually.GoneAsync<V1Pod>(pod);
        var answer = await gateway.RunAsync(thread, "print('kept' in globals())");

        answer.ShouldContain("False");
        answer.ShouldContain(Lost);
        var second = await SessionOfAsync(thread);
        second.Metadata.Name.ShouldNotBe(first.Metadata.Name);
        (await gateway.RunAsync(thread, "print('still here')")).ShouldNotContain(Lost);
    }

    private async Task<SandboxSession> SessionOfAsync(string thread)
    {
        var sessions = await Eventually.ListAsync<SandboxSession>(
            chart.Sandboxes,
            labels: null,
            list => list.Any(session => IsReady(session, thread)),
            $"one is ready for {thread}"
        );
        return sessions.Single(session => IsReady(session, thread));

        static bool IsReady(SandboxSession session, string thread) =>
            session.Spec.ThreadId == thread && session.Status?.Phase == SessionPhases.Ready;
    }

    /// <summary>Asks from outside with the npm <c>openai</c> client.</summary>
    private static async Task<IReadOnlyList<JsonElement>> AskAsync(PortForward door, int threads)
    {
        var folder = Path.Combine(Checkout.Root, "tests", "Clients", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            var arguments = new[] { "--prefix", folder, "ci", "--no-progress", "--loglevel=error" };
            (await Command.RunAsync("npm", arguments, input: null, TimeSpan.FromMinutes(3))).Status.ShouldBe(0);
        }

        var (status, output, error) = await Command.RunAsync(
            "env",
            [
                $"OPENAI_BASE_URL={door.Address}v1",
                $"OPENAI_API_KEY={InstalledChart.ApiKey}",
                "node",
                Path.Combine(folder, "ask.mjs"),
                $"{threads}",
            ],
            input: null,
            TimeSpan.FromMinutes(10)
        );
        status.ShouldBe(0, error);
        return JsonSerializer.Deserialize<List<JsonElement>>(output)!;
    }
}
