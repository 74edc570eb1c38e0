using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Controller.Pods;

/// <summary>
/// The user id of a pod. The system counts processes by user id, so each sandbox gets one that hardly any other on its
/// node has; in a user namespace of its own every pod has its own users anyway, and ids must lie below 65536.
/// </summary>
internal static class PodUser
{
    /// <summary>The user of pods with a user namespace.</summary>
    public const long InNamespace = 10001;

    private const long First = 1_000_000_000;
    private const long Count = 1_000_000_000;

    /// <summary>The user id for a pod.</summary>
    public static long Of(string @namespace, string pod, bool userNamespace)
    {
        if (userNamespace)
        {
            return InNamespace;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{@namespace}/{pod}"));
        return First + (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }
}
