using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Controllers;

public sealed class ControllerTests : IAsyncLifetime
{
    private const string Sessions = "apis/sandboxoperator.dev/v1alpha1/namespaces/default/sandboxsessions";
    private const string Pods = "api/v1/namespaces/default/pods";
    private const string Mark = "sandboxoperator.dev/test";
    private readonly Script _script = new();
    private FakeApiServer _server = null!;
    private IHost? _host;

    public async ValueTask InitializeAsync() => _server = await FakeApiServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Objects_are_reconciled_when_they_are_there_come_change_and_go()
    {
        _server.Put(Sessions, "old");
        await StartAsync();
        await Calls("reconcile old");
        _server.Put(Sessions, "new");
        await Calls("reconcile new");
        _server.Put(Sessions, "new", new JsonObject { ["spec"] = new JsonObject { ["idleTimeout"] = "5m" } });
        await Calls("reconcile new", times: 2);
        _server.Remove(Sessions, "new");
        await Calls("deleted new");
    }

    [Fact]
    public async Task A_change_of_the_status_alone_is_no_reason()
    {
        await StartAsync();
        _server.Put(Sessions, "a");
        await Calls("reconcile a");
        _server.Put(Sessions, "a", new JsonObject { ["status"] = new JsonObject { ["phase"] = "Ready" } });
        _server.Put(Sessions, "b");
        await Calls("reconcile b");
        _script.Count("reconcile a").ShouldBe(1);
    }

    [Fact]
    public async Task Owned_objects_wake_their_owner()
    {
        await StartAsync();
        _server.Put(Sessions, "a");
        await Calls("reconcile a");
        var owner = new JsonObject
        {
            ["apiVersion"] = "sandboxoperator.dev/v1alpha1",
            ["kind"] = "SandboxSession",
            ["name"] = "a",
            ["uid"] = "u",
        };
        var metadata = new JsonObject { ["ownerReferences"] = new JsonArray(owner) };
        _server.Put(Pods, "of-a", new JsonObject { ["metadata"] = metadata });
        await Calls("reconcile a", times: 2);
        _server.Remove(Pods, "of-a");
        await Calls("reconcile a", times: 3);
    }

    [Fact]
    public async Task Failures_come_again_and_conflicts_too_and_a_requeue_is_kept()
    {
        var calls = 0;
        _script.OnReconcile = session =>
            Interlocked.Increment(ref calls) switch
            {
                1 => throw new InvalidOperationException("bad luck"),
                2 => ReconciliationResult<SandboxSession>.Failure(session, "bad luck"),
                3 => throw new KubeException(System.Net.HttpStatusCode.Conflict, "Conflict", "changed"),
                4 => ReconciliationResult<SandboxSession>.Success(session, TimeSpan.FromMilliseconds(50)),
                _ => ReconciliationResult<SandboxSession>.Success(session),
            };
        await StartAsync();
        _server.Put(Sessions, "a");
        await Calls("reconcile a", times: 5);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("nonsense", null)]
    public async Task Spans_join_the_trace_that_an_object_names(string traceParent, string? joined)
    {
        var traces = new ConcurrentQueue<(string Trace, string Parent)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KubeTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("sandbox.object") == "default/traced")
                {
                    traces.Enqueue((span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await StartAsync(options => options.TraceParent = _ => traceParent);
        _server.Put(Sessions, "traced");

        await Eventually.True(() => !traces.IsEmpty, "no span");
        var (trace, parent) = traces.First();
        (trace == joined).ShouldBe(joined is not null);
        parent.ShouldBe(joined is null ? "0000000000000000" : "00f067aa0ba902b7");
    }

    [Fact]
    public async Task One_object_is_never_in_two_calls_and_others_do_not_wait()
    {
        var gate = new TaskCompletionSource();
        _script.Wait = name => name == "slow" ? gate.Task : Task.CompletedTask;
        await StartAsync();
        _server.Put(Sessions, "slow");
        await Calls("reconcile slow");
        _server.Put(Sessions, "slow", new JsonObject { ["spec"] = new JsonObject { ["idleTimeout"] = "5m" } });
        _server.Put(Sessions, "quick");
        await Calls("reconcile quick");
        _script.Count("reconcile slow").ShouldBe(1);
        gate.SetResult();
        await Calls("reconcile slow", times: 2);
    }

    [Fact]
    public async Task A_finalizer_is_set_called_and_removed()
    {
        await StartAsync(more: builder => builder.AddFinalizer<Finalizer, SandboxSession>(Mark));
        _server.Put(Sessions, "a");
        await Calls("reconcile a");
        _server.Find(Sessions, "a")!["metadata"]!["finalizers"]!.ToJsonString().ShouldBe($"[\"{Mark}\"]");
        await _server.Client().DeleteAsync<SandboxSession>(new ObjectKey("default", "a"), null, CancellationToken.None);
        await Calls("finalize a");
        await Calls("deleted a");
        _server.Find(Sessions, "a").ShouldBeNull();
    }

    [Fact]
    public async Task What_was_already_being_deleted_at_the_start_is_finalized()
    {
        var metadata = new JsonObject
        {
            ["deletionTimestamp"] = "2030-01-01T00:00:00Z",
            ["finalizers"] = new JsonArray(Mark),
        };
        _server.Put(Sessions, "a", new JsonObject { ["metadata"] = metadata });
        await StartAsync(more: builder => builder.AddFinalizer<Finalizer, SandboxSession>(Mark));
        await Calls("finalize a");
        await Eventually.True(() => _server.Find(Sessions, "a") is null, "the object to go");
        _script.Count("reconcile a").ShouldBe(0);
    }

    [Fact]
    public async Task A_requested_object_is_reconciled()
    {
        _server.Put(Sessions, "a");
        await StartAsync();
        await Calls("reconcile a");
        var queue = _host!.Services.GetRequiredService<EntityQueue<SandboxSession>>();
        queue.Enqueue(new ObjectKey("default", "a"));
        await Calls("reconcile a", times: 2);
    }

    [Fact]
    public async Task What_comes_before_the_work_is_tried_again_when_the_server_does_not_answer()
    {
        var tries = 0;
        _server.Put(Sessions, "a");
        await StartAsync(options =>
            options.BeforeWork(
                (_, _) =>
                    Interlocked.Increment(ref tries) <= 2
                        ? throw new KubeException(code: null, "Unreachable", "the connection was cut")
                        : Task.CompletedTask
            )
        );
        await Calls("reconcile a");
        tries.ShouldBe(3);
    }

    [Fact]
    public async Task A_controller_that_cannot_work_ends_the_program_though_others_could()
    {
        _server.Put(Sessions, "a");
        await StartAsync(more: kubernetes =>
            kubernetes.AddController<PoolController, SandboxPool>(options =>
                options.BeforeWork((_, _) => throw new InvalidOperationException("a defect"))
            )
        );
        var lifetime = _host!.Services.GetRequiredService<IHostApplicationLifetime>();
        await Eventually.True(() => lifetime.ApplicationStopping.IsCancellationRequested, "the program ends");
    }

    [Fact]
    public async Task The_same_event_is_counted_up()
    {
        await StartAsync();
        _server.Put(Sessions, "a");
        await Calls("reconcile a");
        var session = _host!.Services.GetRequiredService<IResourceCache<SandboxSession>>().List().Single();
        var events = _host.Services.GetRequiredService<IEventPublisher>();
        events.Publish(session, "Claimed", "Took pod x.");
        events.Publish(session, "Claimed", "Took pod x.");
        events.Publish(session, "Lost", "Pod x is gone.", EventType.Warning);
        await Eventually.True(() => Events().Length == 2 && Events().Any(each => each.Count == 2), "two events");
        Events().Single(each => each.Reason == "Lost").Type.ShouldBe("Warning");

        Corev1Event[] Events() =>
            [
                .. _server
                    .Client()
                    .ListAsync<Corev1Event>(new ListQuery("default"), 10, null, CancellationToken.None)
                    .GetAwaiter()
                    .GetResult()
                    .Items,
            ];
    }

    private async Task StartAsync(
        Action<ControllerOptions<SandboxSession>>? configure = null,
        Action<KubernetesOperatorBuilder>? more = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(_server.Connect());
        builder.Services.AddSingleton(_script);
        var kubernetes = builder
            .Services.AddKubernetesOperator()
            .AddCache<V1Pod>()
            .AddController<Controller, SandboxSession>(options =>
            {
                options.Owns<V1Pod>();
                configure?.Invoke(options);
            });
        more?.Invoke(kubernetes);
        _host = builder.Build();
        await _host.StartAsync();
    }

    private Task Calls(string call, int times = 1) =>
        Eventually.True(
            () => _script.Count(call) >= times,
            $"{times} × {call}, saw {string.Join(", ", _script.Calls)}"
        );

    private sealed class Script
    {
        public ConcurrentQueue<string> Calls { get; } = new();

        public Func<SandboxSession, ReconciliationResult<SandboxSession>> OnReconcile { get; set; } =
            session => ReconciliationResult<SandboxSession>.Success(session);

        public Func<string, Task> Wait { get; set; } = _ => Task.CompletedTask;

        public int Count(string call) => Calls.Count(each => each == call);
    }

    private sealed class Controller(Script script) : IEntityController<SandboxSession>
    {
        public async Task<ReconciliationResult<SandboxSession>> ReconcileAsync(
            SandboxSession entity,
            CancellationToken cancellationToken
        )
        {
            script.Calls.Enqueue($"reconcile {entity.Metadata.Name}");
            await script.Wait(entity.Metadata.Name);
            return script.OnReconcile(entity);
        }

        public Task<ReconciliationResult<SandboxSession>> DeletedAsync(
            SandboxSession entity,
            CancellationToken cancellationToken
        )
        {
            script.Calls.Enqueue($"deleted {entity.Metadata.Name}");
            return Task.FromResult(ReconciliationResult<SandboxSession>.Success(entity));
        }
    }

    private sealed class PoolController : IEntityController<SandboxPool>
    {
        public Task<ReconciliationResult<SandboxPool>> ReconcileAsync(
            SandboxPool entity,
            CancellationToken cancellationToken
        ) => Task.FromResult(ReconciliationResult<SandboxPool>.Success(entity));

        public Task<ReconciliationResult<SandboxPool>> DeletedAsync(
            SandboxPool entity,
            CancellationToken cancellationToken
        ) => Task.FromResult(ReconciliationResult<SandboxPool>.Success(entity));
    }

    private sealed class Finalizer(Script script) : IEntityFinalizer<SandboxSession>
    {
        public Task<ReconciliationResult<SandboxSession>> FinalizeAsync(
            SandboxSession entity,
            CancellationToken cancellationToken
        )
        {
            script.Calls.Enqueue($"finalize {entity.Metadata.Name}");
            return Task.FromResult(ReconciliationResult<SandboxSession>.Success(entity));
        }
    }
}
