using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Access;

/// <summary>
/// Remembers in a browser who signed in: the fingerprint of a key, encrypted, for some hours. A key that is taken out
/// of the configuration is signed out with it.
/// </summary>
internal sealed class ConsoleCookie(ApiKeys keys, IDataProtectionProvider protection)
{
    public const string Name = "sandbox-console";

    /// <summary>The cookie goes nowhere else, above all not to the API.</summary>
    public const string Path = "/console";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("SandboxOperator.Console.SignIn")
        .ToTimeLimitedDataProtector();

    /// <summary>The caller that the request's cookie stands for, or null.</summary>
    public Caller? Read(HttpRequest request)
    {
        if (!request.Cookies.TryGetValue(Name, out var value) || value.Length == 0)
        {
            return null;
        }

        try
        {
            return keys.FindFingerprint(_protector.Unprotect(value));
        }
        catch (CryptographicException)
        {
            // Too old, forged, or made with other protection keys.
            return null;
        }
    }

    public void Write(HttpContext context, string key) =>
        context.Response.Cookies.Append(
            Name,
            _protector.Protect(ApiKeys.Fingerprint(key), Lifetime),
            Options(context, Lifetime)
        );

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    private static CookieOptions Options(HttpContext context, TimeSpan? age) =>
        new()
        {
            Path = Path,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
            MaxAge = age,
            IsEssential = true,
        };
}
