using System.Security.Cryptography;
using System.Text;
using k8s;

namespace SandboxOperator.Controller.Pods;

/// <summary>
/// What a pod was made from, in 16 characters: a change of the runtime, of the agent's image or of the way pods are
/// built gives another one, and warm pods of the old one are replaced.
/// </summary>
internal static class RuntimeHash
{
    private const int Characters = 16;

    /// <summary>
    /// The hash for a runtime: of any pod's request, with or without a name, an owner or a canary. It costs a whole pod;
    /// take it once a runtime and hand it to all requests.
    /// </summary>
    public static string Of(PodRequest request)
    {
        var spec = PodBuilder.BuildSpec(
            request with
            {
                Name = "",
                Pool = null,
                Session = null,
                Owner = null,
                Canary = null,
                CanaryPatience = default,
            }
        );
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(spec)));
        return Convert.ToHexStringLower(hash)[..Characters];
    }
}
