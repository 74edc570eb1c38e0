using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tokens;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Makes a Chat Completions request from a thread. Pure but for the token counter's learnt corrections.</summary>
internal sealed class ConversationBuilder(ITokenCounter counter)
{
    /// <summary>Room that is kept for the answer when the caller sets no limit.</summary>
    private const int AnswerReserve = 4096;

    /// <summary>What each context-length failure leaves of the size that failed.</summary>
    private const double ShrinkFactor = 0.7;

    /// <summary>
    /// 1. Settings and tools as the caller made them. 2. Every item rendered to messages. 3. What does not fit the
    /// context window or the run's prompt tokens is left out, least important first.
    /// </summary>
    public ConversationPlan Build(ConversationInput input)
    {
        var tools = ModelTools.Map(input.Tools);
        var system = SystemMessage(input);
        var fixedTokens =
            (system is null ? 0 : RequestTokens.OfMessage(system, counter)) + RequestTokens.OfTools(tools, counter);

        var renderer = new HistoryRenderer(input);
        var truncation = new HistoryTruncation(
            [.. input.History.Select(item => new HistoryEntry(item, renderer.Render(item, withTools: true)))],
            input.RunId,
            item => renderer.Render(item, withTools: false),
            message => RequestTokens.OfMessage(message, counter)
        );
        if (input.LastMessages is { } count)
        {
            truncation.KeepLastMessages(count);
        }

        long Corrected() => counter.Correct(input.Model, fixedTokens + truncation.Tokens);
        var reserve = Math.Min(input.CompletionTokensLeft ?? AnswerReserve, input.ContextWindow / 4);
        var budget = Math.Min(input.ContextWindow - reserve, input.PromptTokensLeft ?? long.MaxValue);
        ShrinkTo(budget);
        for (var failure = 0; failure < input.ContextLengthFailures; failure++)
        {
            var smaller = (long)(Corrected() * ShrinkFactor);
            truncation.DropNext();
            ShrinkTo(smaller);
        }

        void ShrinkTo(long limit)
        {
            while (Corrected() > limit && truncation.DropNext()) { }
        }

        var messages = new JsonArray();
        if (system is not null)
        {
            messages.Add(system);
        }
        foreach (var message in truncation.Messages)
        {
            messages.Add(message);
        }
        var body = RequestSettings.For(input, tools);
        body["messages"] = messages;
        var tokens = Corrected();
        return new ConversationPlan(body, tokens, !(tokens > input.PromptTokensLeft), truncation.CanDrop);
    }

    private static JsonObject? SystemMessage(ConversationInput input)
    {
        var text = string.Join(
            "\n\n",
            new[] { input.Instructions, input.SandboxPrompt }.Where(part => !string.IsNullOrWhiteSpace(part))
        );
        return text.Length == 0 ? null : new JsonObject { ["role"] = "system", ["content"] = text };
    }
}
