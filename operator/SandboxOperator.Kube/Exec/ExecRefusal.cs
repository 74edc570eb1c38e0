using System.Net;
using k8s.Models;

namespace SandboxOperator.Kube.Exec;

/// <summary>
/// Explains why a stream was refused. A refused upgrade arrives without the server's words, so that the state of the pod
/// has to tell.
/// </summary>
internal static class ExecRefusal
{
    public static string Explain(HttpStatusCode code, V1Pod? pod, string container) =>
        code switch
        {
            HttpStatusCode.Unauthorized => "the API server does not know the caller (401); check its token",
            HttpStatusCode.Forbidden => "the caller may not (403); it needs get and create on pods/exec",
            _ when pod is null => "there is no such pod",
            _ when pod.Metadata.DeletionTimestamp is not null => "the pod is being deleted",
            _ => Container(pod, container) ?? $"the API server answered {(int)code}",
        };

    private static string? Container(V1Pod pod, string container)
    {
        var statuses = pod.Status?.ContainerStatuses ?? [];
        var status = statuses.FirstOrDefault(each => each.Name == container);
        if (status is null)
        {
            return pod.Spec?.Containers.Any(each => each.Name == container) == true
                ? $"container {container} has not started; the pod is {pod.Status?.Phase ?? "new"}"
                : $"the pod has no container {container}";
        }

        return status.State switch
        {
            { Waiting: { } waiting } => $"container {container} waits: {waiting.Reason} {waiting.Message}".TrimEnd(),
            { Terminated: { } ended } =>
                $"container {container} has ended: {ended.Reason}, exit code {ended.ExitCode} {ended.Message}".TrimEnd(),
            _ => null,
        };
    }
}
