using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Tests.Sessions;

/// <summary>Sessions and pods as an API server would show them.</summary>
internal static class TestObjects
{
    public const string Space = "sandboxes";

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static SandboxSession Session(SandboxSessionStatus? status = null, SandboxSessionSpec? spec = null) =>
        new()
        {
            ApiVersion = "sandboxoperator.dev/v1alpha1",
            Kind = "SandboxSession",
            Metadata = new V1ObjectMeta
            {
                Name = "one",
                NamespaceProperty = Space,
                Uid = "session-uid",
                Generation = 1,
                CreationTimestamp = Now.UtcDateTime,
            },
            Spec = spec ?? new SandboxSessionSpec(),
            Status = status,
        };

    public static SandboxSessionStatus Started(string podUid = "pod-a") =>
        new()
        {
            Phase = SessionPhases.Ready,
            StartedAt = Now,
            LastActivityAt = Now,
            PodRef = new PodReference { Name = podUid, Uid = podUid },
        };

    public static V1Pod Pod(SandboxSession session, string uid, bool ready = true, int age = 0) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = uid,
                NamespaceProperty = Space,
                Uid = uid,
                CreationTimestamp = Now.AddSeconds(-age).UtcDateTime,
                Labels = new Dictionary<string, string>
                {
                    [SandboxLabels.Sandbox] = "true",
                    [SandboxLabels.Session] = session.Metadata.Name,
                },
                OwnerReferences = [Owners.Reference(session)],
            },
            Status = new V1PodStatus
            {
                Phase = ready ? "Running" : "Pending",
                Conditions = ready ? [new V1PodCondition { Type = "Ready", Status = "True" }] : null,
            },
        };
}
