"use strict"
// What people and data say becomes text (textContent) and nothing else.

const TOKEN = location.hash.slice(1)
const CLASSES = 10
const SIDE = 280
const $ = id => document.getElementById(id)
let facts, samples
let given = null
let asked = 0
let dark = true

async function ask(path, body) {
  const options = { headers: { "X-Netspec-Token": TOKEN } }
  if (body !== undefined) Object.assign(options, { method: "POST", body: JSON.stringify(body) })
  let answer, content
  try {
    answer = await fetch(path, options)
    content = await answer.json()
  } catch {
    throw new Error("The server has ended. Run netspec demo again, and open the address that it prints.")
  }
  if (!answer.ok) throw new Error(content.error)
  return content
}

function show(id, text) {
  $(id).textContent = text
  $(id).hidden = text === ""
}

function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

const guarded = action => async (...details) => {
  try {
    show("error", "")
    await action(...details)
  } catch (error) {
    show("error", error.message)
  }
}

// ---- prediction ----

const predict = guarded(async () => {
  const number = ++asked
  for (const id of ["bars", "answer"]) $(id).classList.add("stale")
  let answer
  try {
    answer = await ask("/predict", given)
  } catch (error) {
    if (number === asked) throw error
    return
  }
  if (number !== asked) return // a later sample is on its way
  showPrediction(answer)
  showSample(answer)
  showSimilar(answer.similar)
})

function take(sample, said = "") {
  given = sample
  show("taken", said)
  predict()
}

const percent = share => (100 * share).toFixed(1) + "%"

function showPrediction(answer) {
  const decided = answer.label ?? Number(answer.number.toPrecision(6)).toString()
  $("waiting").hidden = true
  show("decided", decided)
  $("sure").textContent = answer.column ? answer.column : ""
  show("remark", answer.remark ?? "")
  const classes = answer.probabilities ?? []
  const bars = classes.slice(0, CLASSES).flatMap(([name, share], place) => {
    const first = place ? "" : " first"
    const label = element("bdi", first, name), track = element("div"), bar = element("div", "bar" + first)
    bar.style.width = percent(share)
    track.append(bar)
    return [label, track, element("span", "number" + first, percent(share))]
  })
  $("bars").replaceChildren(...bars)
  const others = classes.slice(CLASSES)
  const left = others.reduce((sum, [, share]) => sum + share, 0)
  show("rest", others.length ? `${others.length} more classes: ${percent(left)}` : "")
  if (answer.label !== undefined && !answer.probabilities) show("rest", "The loss of this network has no probabilities.")
  $("answer").hidden = false
  for (const id of ["bars", "answer"]) $(id).classList.remove("stale")
}

function showSample(answer) {
  if (facts.form === "picture" && answer.shown) $("shown").src = answer.shown
  $("shown").hidden = $("read").hidden = !(facts.form === "picture" && answer.shown)
  $("looks").hidden = !answer.looked
  if (answer.looked) {
    $("looked").src = answer.looked
    $("of").textContent = answer.label
  }
}

// ---- similar training samples ----

function showSimilar(similar) {
  if (!similar) return
  const row = facts.form === "row"
  $("similar").className = row ? "wide" : "pictures"
  $("similar").replaceChildren(...(row ? [rowsOf(similar)] : similar.map(pictureOf)))
}

const apart = one => `distance ${Number(one.distance.toPrecision(3))}`

function pictureOf(one) {
  const figure = element("figure"), caption = element("figcaption")
  if (one.shown) {
    const picture = element("img", "picture")
    picture.src = one.shown
    picture.alt = ""
    figure.append(picture)
  }
  caption.append(element("bdi", "", one.target), element("span", "muted", apart(one)))
  figure.append(caption)
  return figure
}

function rowsOf(similar) {
  const table = element("table"), head = table.createTHead().insertRow(), body = table.createTBody()
  for (const name of ["", "target", "distance", ...facts.columns.map(column => column.name)]) head.append(element("th", "", name))
  const add = (name, className, cells) => {
    const row = body.insertRow()
    row.className = className
    row.append(element("th", "nowrap", name))
    for (const cell of cells) row.append(element("td", "nowrap", cell))
  }
  add("yours", "given-row", ["", "", ...given.row])
  similar.forEach((one, place) => {
    add(String(place + 1), "", [one.target, Number(one.distance.toPrecision(3)).toString(), ...one.shown])
  })
  return table
}

const follow = guarded(async () => {
  samples = await ask("/samples")
  const many = count => count.toLocaleString("en").replaceAll(",", "\u202f")
  if (samples.missing) show("compared", `The training samples can't be compared with: ${samples.missing}.`)
  else if (!samples.ready) {
    show("compared", samples.chosen ? `Computing features: ${many(samples.done)} of ${many(samples.chosen)} …` : "Loading the training samples …")
    setTimeout(follow, 400)
  } else {
    const all = samples.of === samples.chosen
    show("compared", `Compared with ${all ? "all " : ""}${many(samples.chosen)}${all ? "" : ` of ${many(samples.of)}, chosen at random`} training samples. ${facts.distance}.`)
    $("sample").disabled = false
    if (samples.dark === false) turn(false)
    if (given) predict()
  }
})

const takeSample = guarded(async () => {
  const found = await ask("/sample", {})
  if (facts.form === "row") fill(found.given.row)
  take(found.given, `A sample of the ${found.split} split; its target is ${found.target}.`)
})

// ---- pictures ----

function base64(buffer) {
  const bytes = new Uint8Array(buffer)
  let text = ""
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000))
  return btoa(text)
}

const takeFile = guarded(async file => {
  if (!file) return
  if (file.size > facts.most_bytes) throw new Error(`The file has ${file.size} bytes, but at most ${facts.most_bytes} are accepted.`)
  take({ picture: base64(await file.arrayBuffer()) }, file.name)
})

function turn(to) {
  dark = to
  clear()
}

function clear() {
  const canvas = $("canvas"), pen = canvas.getContext("2d")
  pen.fillStyle = dark ? "#000" : "#fff"
  pen.fillRect(0, 0, canvas.width, canvas.height)
}

function preparePictures() {
  const [, height, width] = facts.sizes, canvas = $("canvas"), pen = canvas.getContext("2d")
  const scale = Math.max(1, Math.ceil(SIDE / Math.max(height, width)))
  canvas.width = width * scale
  canvas.height = height * scale
  clear()
  let last = null
  const at = event => {
    const box = canvas.getBoundingClientRect()
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]
  }
  const line = to => {
    pen.strokeStyle = dark ? "#fff" : "#000"
    pen.lineWidth = Math.max(canvas.width, canvas.height) / 12
    pen.lineCap = pen.lineJoin = "round"
    pen.beginPath()
    pen.moveTo(...last)
    pen.lineTo(...to)
    pen.stroke()
    last = to
  }
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId)
    last = at(event)
    line(last)
  })
  canvas.addEventListener("pointermove", event => last && line(at(event)))
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => {
    if (!last) return
    last = null
    take({ picture: canvas.toDataURL("image/png").split(",")[1] })
  })
  $("clear").addEventListener("click", clear)
  $("invert").addEventListener("click", () => turn(!dark))
  $("file").addEventListener("change", event => takeFile(event.target.files[0]))
  addEventListener("paste", event => takeFile(event.clipboardData.files[0]))
  addEventListener("dragover", event => {
    event.preventDefault()
    $("drop").classList.add("over")
  })
  addEventListener("dragleave", () => $("drop").classList.remove("over"))
  addEventListener("drop", event => {
    event.preventDefault()
    $("drop").classList.remove("over")
    takeFile(event.dataTransfer.files[0])
  })
}

// ---- rows ----

const cells = () => [...$("fields").querySelectorAll("input, select")]

function fill(row) {
  cells().forEach((cell, place) => { cell.value = row[place] })
}

function prepareRow() {
  for (const column of facts.columns) {
    const label = element("label"), list = column.categories.length > 0
    const cell = element(list ? "select" : "input")
    for (const category of column.categories) {
      const option = element("option", "", category)
      option.value = category
      cell.append(option)
    }
    if (!list) {
      cell.inputMode = "decimal"
      cell.required = !facts.gaps
      if (facts.gaps) cell.placeholder = "missing"
    }
    label.append(element("bdi", "", column.name), cell)
    $("fields").append(label)
  }
  const read = () => take({ row: cells().map(cell => cell.value) })
  $("row").addEventListener("submit", event => {
    event.preventDefault()
    read()
  })
  $("row").addEventListener("change", () => $("row").checkValidity() && read())
}

guarded(async () => {
  facts = await ask("/run")
  document.title = `${facts.name} · netspec demo`
  for (const id of ["name", "weights", "data"]) $(id).textContent = facts[id]
  const picture = facts.form === "picture"
  $(picture ? "picture" : "row").hidden = false
  $("predict").hidden = picture
  $("waiting").textContent = picture ? "Drop or draw an image." : "Fill in the row."
  picture ? preparePictures() : prepareRow()
  $("sample").addEventListener("click", takeSample)
  $("demo").hidden = false
  follow()
})()
