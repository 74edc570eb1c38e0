using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Options;

namespace SandboxOperator.Gateway.Http;

/// <summary>The API keys. Without any, whoever reaches the gateway is admin of the default project.</summary>
internal sealed class ApiKeys
{
    private const string HashPrefix = "sha256:";
    private readonly List<(byte[] Hash, Caller Caller)> _keys;

    /// <exception cref="OptionsValidationException">A configured key cannot be used.</exception>
    public ApiKeys(IOptions<List<KeyOptions>> options) =>
        _keys = [
            .. options.Value.Select((key, index) => (Hash(key, index), new Caller(key.Project, IsAdmin(key, index)))),
        ];

    /// <summary>False when no key is configured: any key, or none, will do.</summary>
    public bool Required => _keys.Count > 0;

    /// <summary>The caller whose key this is, or null.</summary>
    public Caller? Find(string key) => Find(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>What stands for a key where the key itself must not be kept.</summary>
    public static string Fingerprint(string key) =>
        Convert.ToHexStringLower(SHA256.HashData(SHA256.HashData(Encoding.UTF8.GetBytes(key))));

    /// <summary>The caller whose key has this fingerprint, or null.</summary>
    public Caller? FindFingerprint(string fingerprint)
    {
        var expected = Encoding.ASCII.GetBytes(fingerprint);
        Caller? found = null;
        foreach (var (hash, caller) in _keys)
        {
            var mine = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(hash)));
            if (CryptographicOperations.FixedTimeEquals(mine, expected))
            {
                found = caller;
            }
        }
        return found;
    }

    private Caller? Find(byte[] hash)
    {
        // Hashes of equal length compared in constant time, and all of them: the time tells nothing of the keys.
        Caller? found = null;
        foreach (var (expected, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
            {
                found = caller;
            }
        }
        return found;
    }

    private static byte[] Hash(KeyOptions key, int index)
    {
        if (key.Project.Length == 0)
        {
            throw Invalid($"Keys:{index}:Project must not be empty.");
        }
        if (!key.Key.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            return key.Key.Length > 0
                ? SHA256.HashData(Encoding.UTF8.GetBytes(key.Key))
                : throw Invalid($"Keys:{index}:Key must not be empty.");
        }
        var hash = key.Key[HashPrefix.Length..];
        return hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hash)
            : throw Invalid($"Keys:{index}:Key must have 64 hexadecimal digits after {HashPrefix}.");
    }

    private static bool IsAdmin(KeyOptions key, int index) =>
        key.Role switch
        {
            "admin" => true,
            "project" => false,
            _ => throw Invalid($"Keys:{index}:Role must be 'project' or 'admin'."),
        };

    private static OptionsValidationException Invalid(string message) =>
        new(KeyOptions.Section, typeof(KeyOptions), [message]);
}
