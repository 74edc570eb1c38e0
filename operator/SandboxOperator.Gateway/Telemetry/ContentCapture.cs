using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>
/// The one door through which prompts, code, outputs and file names go into spans: it may be closed, it blots secrets
/// out, and it cuts what is long.
/// </summary>
internal sealed class ContentCapture(IOptions<TelemetryOptions> options, Redactor redactor)
{
    private const string Cut = "… [cut]";

    /// <summary>What a secret at the end of a text that was cut before may be long.</summary>
    private const int Seam = 1024;

    /// <summary>The longest JSON that is looked at for one attribute.</summary>
    private const int MostJson = 1 << 20;

    /// <summary>Whether content goes into spans.</summary>
    public bool IsOpen => options.Value.CaptureContent == true;

    /// <summary>The most characters that are looked at for one attribute.</summary>
    public int MostRaw => (options.Value.MaxContentChars * 2) + Seam;

    /// <summary>The text as a span may carry it; null when it may not, or when there is none.</summary>
    public string? Take(string? text)
    {
        if (!IsOpen || string.IsNullOrEmpty(text))
        {
            return null;
        }

        // 1. Not more than is worth searching. A secret at this seam could be half of one.
        var wasCut = text.Length > MostRaw;
        var clean = redactor.Apply(wasCut ? text[..MostRaw] : text);
        if (wasCut)
        {
            clean = clean[..Math.Max(0, clean.Length - Seam)];
        }

        // 2. Not more than an attribute may have.
        return Shorten(clean, wasCut);
    }

    /// <summary>
    /// The same for JSON, such as the arguments of a call, whose escapes would hide secrets. It is searched as a whole,
    /// or left out when it is too long for that.
    /// </summary>
    public string? TakeJson(string? text) =>
        !IsOpen || string.IsNullOrEmpty(text) ? null
        : text.Length > MostJson ? Cut
        : Shorten(redactor.ApplyToJson(text), wasCut: false);

    private string Shorten(string clean, bool wasCut)
    {
        var most = options.Value.MaxContentChars;
        if (clean.Length <= most)
        {
            return wasCut ? clean + Cut : clean;
        }

        var end = char.IsHighSurrogate(clean[most - 1]) ? most - 1 : most;
        return clean[..end] + Cut;
    }
}
