using k8s.Models;
using Microsoft.Extensions.Options;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Warns with events: <c>kubectl get events</c>.</summary>
[EntityRbac(
    typeof(Corev1Event),
    Verbs = RbacVerbs.Get | RbacVerbs.Create | RbacVerbs.Patch,
    Role = RbacRole.Gateway,
    Reason = "Warns on a session that a budget is nearly or wholly spent."
)]
internal sealed class SessionWarnings(
    IEventPublisher events,
    IResourceCache<SandboxSession> cache,
    SessionNamespace space,
    IOptions<KubernetesSandboxOptions> options
) : ISessionWarnings
{
    public void Warn(string project, string threadId, string reason, string message)
    {
        var session = cache
            .List()
            .Where(each => each.Spec.Project == project && each.Spec.ThreadId == threadId)
            .Where(each => SessionView.Of(each).Stage != SessionStage.Ended)
            .MaxBy(each => each.CreatedAt());
        if (session is not null)
        {
            events.Publish(session, reason, message, EventType.Warning);
            return;
        }

        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = options.Value.Runtime, NamespaceProperty = space.Name },
        };
        events.Publish(runtime, reason, message, EventType.Warning);
    }
}
