using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes;

public sealed class SessionWarningsTests
{
    private readonly KeptSessions _sessions = new();
    private readonly KeptEvents _events = [];
    private readonly SessionWarnings _warnings;

    public SessionWarningsTests() =>
        _warnings = new SessionWarnings(
            _events,
            _sessions,
            new SessionNamespace("space"),
            Options.Create(new KubernetesSandboxOptions { Runtime = "python" })
        );

    [Fact]
    public void The_session_that_a_thread_has_now_is_warned_about()
    {
        _sessions.All =
        [
            Session("ended", "alpha", "thread_1", SessionPhases.Expired),
            Session("now", "alpha", "thread_1", SessionPhases.Ready),
            Session("of-another-thread", "alpha", "thread_2", SessionPhases.Ready),
            Session("of-another-project", "beta", "thread_1", SessionPhases.Ready),
            Session("of-nobody", "alpha", null, SessionPhases.Ready),
        ];

        _warnings.Warn("alpha", "thread_1", "BudgetNear", "It nears its end.");

        _events.ShouldBe(["Warning SandboxSession space/now BudgetNear: It nears its end."]);
    }

    [Fact]
    public void Without_a_session_the_warning_is_about_what_sessions_are_made_from()
    {
        _sessions.All = [Session("ended", "alpha", "thread_1", SessionPhases.Expired)];

        _warnings.Warn("alpha", "thread_1", "BudgetSpent", "It is spent.");

        _events.ShouldBe(["Warning SandboxRuntime space/python BudgetSpent: It is spent."]);
    }

    private static SandboxSession Session(string name, string project, string? thread, string phase) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "space" },
            Spec = new SandboxSessionSpec { Project = project, ThreadId = thread },
            Status = new SandboxSessionStatus { Phase = phase },
        };

    private sealed class KeptEvents : List<string>, IEventPublisher
    {
        public void Publish<T>(T entity, string reason, string message, EventType type = EventType.Normal)
            where T : IKubernetesObject<V1ObjectMeta> =>
            Add($"{type} {typeof(T).Name} {entity.Namespace()}/{entity.Name()} {reason}: {message}");
    }

    private sealed class KeptSessions : IResourceCache<SandboxSession>
    {
        public IReadOnlyList<SandboxSession> All { get; set; } = [];

        public bool IsSynced => true;

        public IReadOnlyList<SandboxSession> List() => All;

        public SandboxSession? Get(ObjectKey key) => throw new NotSupportedException();

        public IReadOnlyList<SandboxSession> ByIndex(string index, string value) => throw new NotSupportedException();

        public void Remember(SandboxSession written) => throw new NotSupportedException();

        public IDisposable Subscribe(Action<ResourceChange<SandboxSession>> handler) =>
            throw new NotSupportedException();

        public Task WaitUntilSyncedAsync(CancellationToken token) => Task.CompletedTask;
    }
}
