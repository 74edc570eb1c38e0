using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Luck;
using SandboxOperator.Kube.Client;
using SandboxOperator.Testing.Otlp;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>What gateway and controller tell of one run, each for itself, is one trace.</summary>
[Collection(ObservedCollection.Name)]
public sealed class TraceTests(ObservedProduct product)
{
    private const string Caller = "00f067aa0ba902b7";
    private const string Marker = "xyzzy";

    [Fact]
    public async Task A_run_is_one_trace_from_its_caller_to_the_controller_cold_and_warm()
    {
        product.Model.When(
            $"^trace {Marker}$",
            ScriptedTurn.Python($"print('{Marker}', 6 * 7)"),
            ScriptedTurn.Say("{{last_tool_output}}")
        );

        // 1. Nothing waits for a session: its sandbox is made.
        await RunAsync("cold");

        // 2. One waits.
        await product.CreatePoolAsync("traced");
        await RunAsync("warm");
        await product.DeletePoolAsync("traced");

        // 3. In a cluster, content stays where it is unless somebody asks for it.
        product.Collector.Bytes.ShouldNotContain(Marker);
    }

    private async Task RunAsync(string launch)
    {
        var traceId = Guid.NewGuid().ToString("N");
        var thread = await Conversation.BeginAsync(product.Gateway);
        var run = await thread.SayAsync($"trace {Marker}", $"00-{traceId}-{Caller}-01");
        (await thread.AnswerToAsync(run)).ShouldContain($"{Marker} 42");
        var session = await product.SessionAsync(thread.Thread);

        // 1. One tree: below the caller the run, in it the opening of the sandbox, in that what the controller did.
        var spans = await product.Collector.TraceAsync(
            traceId,
            all => all.Any(IsRun) && all.Any(IsReconcile) && all.Any(span => span.Name == "open_sandbox")
        );
        var agent = spans.Single(IsRun);
        agent.ParentSpanId.ShouldBe(Caller);
        agent["sandbox.run.id"].ShouldBe(run);
        agent["sandbox.run.status"].ShouldBe("completed");
        var opening = spans.Single(span => span.Name == "open_sandbox");
        var call = spans.Single(span => span.Name == "execute_tool python");
        var chats = spans.Where(span => span.Name == "chat scripted-model").ToList();
        chats.Count.ShouldBe(2);
        foreach (var span in (ReceivedSpan[])[agent, opening, call, .. chats])
        {
            span.Resource["service.name"].ShouldBe("sandbox-gateway", span.Name);
            (span == agent || span.ParentSpanId == agent.SpanId).ShouldBeTrue(span.Name);
        }

        var reconciles = spans.Where(IsReconcile).ToList();
        foreach (var reconcile in reconciles)
        {
            reconcile.Name.ShouldBe("reconcile SessionController");
            reconcile.ParentSpanId.ShouldBe(opening.SpanId);
            reconcile["sandbox.object"].ShouldBe(ObjectKey.Of(session).ToString());
            reconcile.Resource["service.name"].ShouldBe("sandbox-controller");
        }

        reconciles[0].Start.ShouldBeGreaterThanOrEqualTo(opening.Start);
        spans.Count.ShouldBe(1 + 1 + 1 + chats.Count + reconciles.Count);

        // 2. What they say of the sandbox, which the cluster confirms.
        session.Metadata.Annotations[SandboxAnnotations.TraceParent].ShouldBe($"00-{traceId}-{opening.SpanId}-01");
        session.Status!.Launch!.ToLowerInvariant().ShouldBe(launch);
        foreach (var span in (ReceivedSpan[])[opening, call])
        {
            span["sandbox.session.id"].ShouldBe(session.Metadata.Name, span.Name);
            span["sandbox.launch"].ShouldBe(launch, span.Name);
        }

        call["sandbox.call.status"].ShouldBe("ok");
        call["sandbox.session.cost"].ShouldBe(0.03);
        ((double)call["sandbox.call.claim_seconds"]!).ShouldBeGreaterThan(0);
        foreach (var part in (string[])["claim", "connect", "run"])
        {
            ((double)call[$"sandbox.call.{part}_seconds"]!).ShouldBeInRange(0, 180, part);
        }
    }

    private static bool IsRun(ReceivedSpan span) => span["gen_ai.operation.name"] is "invoke_agent";

    private static bool IsReconcile(ReceivedSpan span) => span.Name.StartsWith("reconcile ", StringComparison.Ordinal);
}
