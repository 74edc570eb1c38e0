using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Installation;

/// <summary>
/// Applies runtimes and pools: <c>sandbox-controller apply --file FILE</c>. The chart cannot hold them as objects of its
/// own, since Helm looks up their kinds before it has installed the definitions; this is what its Job runs.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">For the deadline.</param>
[EntityRbac(
    typeof(SandboxRuntime),
    Verbs = RbacVerbs.Get | RbacVerbs.Create | RbacVerbs.Patch,
    Role = RbacRole.Setup,
    Reason = "Applies the default runtime."
)]
[EntityRbac(
    typeof(SandboxPool),
    Verbs = RbacVerbs.Get | RbacVerbs.Create | RbacVerbs.Patch,
    Role = RbacRole.Setup,
    Reason = "Applies the default pool."
)]
internal sealed class ApplyCommand(IKubeClient client, TimeProvider time)
{
    private const string FieldManager = "sandbox-operator-chart";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Applies the objects of a JSON list, in order.</summary>
    /// <param name="json">The list.</param>
    /// <param name="timeout">How long a new definition, role or API server may take to be there.</param>
    /// <param name="output">Reads what was done.</param>
    /// <param name="token">Stops.</param>
    /// <exception cref="KubeException">An object was refused, or the time was over.</exception>
    /// <exception cref="JsonException">The text is no list of runtimes and pools.</exception>
    public async Task RunAsync(string json, TimeSpan timeout, TextWriter output, CancellationToken token)
    {
        var deadline = time.GetUtcNow() + timeout;
        var list = JsonNode.Parse(json) as JsonArray ?? throw new JsonException("A list of objects is expected.");
        foreach (var item in list)
        {
            var kind = (item as JsonObject)?["kind"]?.GetValue<string>();
            var key = kind switch
            {
                "SandboxRuntime" => await ApplyAsync<PlainRuntime>(item!, deadline, token),
                "SandboxPool" => await ApplyAsync<PlainPool>(item!, deadline, token),
                _ => throw new JsonException($"Only SandboxRuntime and SandboxPool can be applied, not '{kind}'."),
            };
            await output.WriteLineAsync($"{kind} {key} applied");
        }
    }

    private async Task<ObjectKey> ApplyAsync<T>(JsonNode item, DateTimeOffset deadline, CancellationToken token)
        where T : PlainObject
    {
        var entity = KubernetesJson.Deserialize<T>(item.ToJsonString());
        while (true)
        {
            try
            {
                return ObjectKey.Of(await client.ApplyAsync(entity, FieldManager, token));
            }
            catch (KubeException exception) when (!exception.IsInvalid && time.GetUtcNow() < deadline)
            {
                await Task.Delay(Pause, time, token);
            }
        }
    }
}
