// The messages of /ws/audio as the browser uses them: types, and the close codes that the server gives a meaning to.
// The server's own definitions, which the documentation at /docs/protocol is made of, have further fields.

/** The server refuses: a further attempt is no use. */
export const CLOSE_POLICY_VIOLATION = 1008;

/** The server is full. */
export const CLOSE_TRY_AGAIN_LATER = 1013;

/**
 * @typedef {import("../audio/decoder.js").AudioFormat} AudioFormat
 *
 * @typedef {Object} StartMessage the first message of every connection
 * @property {"start"} type
 * @property {string} session_id
 * @property {string} auth the access token; empty where none is asked for
 * @property {"pcm16"} codec of the binary frames that the browser sends
 * @property {number} sample_rate of the same, in Hz
 * @property {AudioFormat} audio_out what the server shall send
 * @property {string} language that the user speaks, as an ISO 639-1 code
 * @property {number} silence_ms milliseconds of silence that end an utterance, hands-free
 * @property {string[]} hotwords words that will be said and are hard to recognise
 * @property {string} voice one of the server's; empty for its default
 * @property {number} speed of the voice; 1 is its own
 * @property {"push_to_talk" | "hands_free"} mode
 *
 * @typedef {{type: "text", text: string} | {type: "end_turn"}} ReplyRequest asks for a reply
 * @typedef {{type: "cancel"}} CancelMessage
 *
 * @typedef {Object} RateMessage what the user thinks of a turn; sent again it replaces the one before
 * @property {"rate"} type
 * @property {string} conversation of the turn
 * @property {number} turn its number
 * @property {string} contributor the withdrawal code
 * @property {string} key by which the message counts once, however often it is sent
 * @property {"up" | "down" | ""} verdict
 * @property {string[]} reasons
 * @property {string} transcript what was really said
 * @property {string} better_reply
 * @property {string} comment
 *
 * @typedef {StartMessage | ReplyRequest | CancelMessage | RateMessage} ClientMessage
 */

/**
 * @typedef {Object} ReadyEvent the session is open
 * @property {"ready"} type
 * @property {AudioFormat} audio_out what the server's binary frames hold
 * @property {number} sample_rate of the server's audio, in Hz
 * @property {number} frame_ms milliseconds of audio in each binary frame
 * @property {string} [conversation] the server's name of this connection's conversation, by which its turns are rated
 * @property {"off" | "ratings" | "full"} [feedback] what the server keeps of those who consent
 *
 * @typedef {Object} Latency milliseconds; null where the turn had no such step
 * @property {number | null} [asr_ms]
 * @property {number | null} [llm_first_token_ms]
 * @property {number | null} [tts_first_audio_ms]
 * @property {number | null} [first_audio_ms]
 * @property {number | null} [total_ms]
 *
 * @typedef {{type: "speech.start" | "speech.stop"}} SpeechEvent
 * @typedef {{type: "asr.partial", turn: number, text: string, stable: string}} AsrPartialEvent `stable` is
 *   the beginning of `text` that later events keep
 * @typedef {{type: "asr.final", turn: number, text: string, start_ms?: number, end_ms?: number}} AsrFinalEvent where
 *   the words are, in milliseconds of the connection's audio; both the same where the text was typed
 * @typedef {{type: "llm.partial", turn: number, token: string}} LlmPartialEvent
 * @typedef {{type: "llm.final", turn: number, text: string}} LlmFinalEvent
 * @typedef {{type: "tts.start", turn: number, written_start: number, written_end: number}} TtsStartEvent where the
 *   phrase stands in the reply's text, in characters (code points)
 * @typedef {{type: "tts.hold" | "tts.resume" | "tts.end", turn: number}} TtsEvent
 * @typedef {{type: "turn.end", turn: number, latency: Latency}} TurnEndEvent
 * @typedef {{type: "turn.cancelled", turn: number, reason: string}} TurnCancelledEvent
 * @typedef {{type: "rated", turn: number, key: string}} RatedEvent the rating is on disk
 * @typedef {{type: "error", code: string, retryable: boolean, key?: string, retry_after_s?: number}} ServerErrorEvent
 *   with the `key` of the `rate` that it answers, and after how many seconds the same may succeed
 * @typedef {{type: "going_away", seconds: number}} GoingAwayEvent the server closes the socket in so many seconds
 *
 * @typedef {AsrPartialEvent | AsrFinalEvent | LlmPartialEvent | LlmFinalEvent} TranscriptEvent
 * @typedef {TtsStartEvent | TtsEvent | TurnEndEvent | TurnCancelledEvent} TurnEvent
 * @typedef {RatedEvent | ServerErrorEvent | GoingAwayEvent} OtherEvent
 * @typedef {ReadyEvent | SpeechEvent | TranscriptEvent | TurnEvent | OtherEvent} ServerEvent
 */
